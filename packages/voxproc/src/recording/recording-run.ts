import { type Hole, processStartTicks, recordingLayout, type SegmentEnding } from '@parley/mux';
import type { Clock, RecordingSpec, RecordingSummary } from '@parley/protocol';
import type { DroppedPacket, MediaPacket } from '../receive/packet-source.ts';
import { Tally } from '../receive/tally.ts';
import type { DiskFailure } from './disk-failure.ts';
import { FreeSpaceWatch } from './free-space.ts';
import { guardFs } from './guarded-fs.ts';
import { Impatience } from './impatience.ts';
import { JournalWriter } from './journal-writer.ts';
import { Leftovers } from './leftovers.ts';
import type { People } from './people.ts';
import { Person } from './person.ts';
import type { RecorderEvent, RecorderStats } from './recorder-event.ts';
import { RecordingClock } from './recording-clock.ts';
import type { KeptSpace, RecordingFs } from './recording-fs.ts';
import { SegmentDesk } from './segment-desk.ts';
import { SpaceReserve } from './space-reserve.ts';

/** The journal is synced this often, in microseconds; `durable`: this often. */
const JOURNAL_SYNC_US = 10_000_000;
const JOURNAL_DURABLE_SYNC_US = 100_000;
/** How often what changes slowly is looked at, in microseconds. */
const HOUSEKEEPING_US = 1_000_000;
/** A warning that goes on is repeated after this, in microseconds. */
const WARNING_US = 10_000_000;
/** People who left are forgotten after this without packets, in microseconds. */
const FORGET_US = 60_000_000;

export interface RunOptions {
  readonly spec: RecordingSpec;
  readonly clock: Clock;
  readonly fs: RecordingFs;
  readonly people: People;
  readonly emit: (event: RecorderEvent) => void;
  readonly newSerial: () => number;
  readonly encryptionVersion: () => number;
  /** Told once: the recording cannot go on. */
  readonly onFailure: (failure: DiskFailure) => void;
}

type Counted = 'unattributed' | 'foreign' | 'bots' | 'optedOut';

/** One running recording: its people, its segments, its journal, its disk. Everything is synchronous but the ends. */
export class RecordingRun {
  readonly #options: RunOptions;
  readonly #time: RecordingClock;
  readonly #total = new Tally();
  readonly #leftovers = new Leftovers();
  readonly #persons = new Map<string, Person>();
  readonly #journal: JournalWriter;
  readonly #desk: SegmentDesk;
  readonly #space: FreeSpaceWatch;
  readonly #reserve: SpaceReserve;
  readonly #impatience: Impatience;
  readonly #counts: Record<Counted, number> = { unattributed: 0, foreign: 0, bots: 0, optedOut: 0 };
  readonly #warnedAtUs = new Map<string, number>();
  #failure: DiskFailure | null = null;
  #heard = 0;
  #queueFullSeen = 0;
  #pause: { readonly sinceSample: number; readonly reason: 'paused' | 'moved' } | null = null;
  /** Packets that arrived before this belong to a pause. */
  #listensFromUs: number;
  #housekeepingUs = 0;
  #journalSyncUs: number;

  /** `freeBytes`: what was free when the folder was checked; `kept`: what was kept back of it for closing. */
  constructor(options: RunOptions, { freeBytes, kept }: { freeBytes: number; kept: KeptSpace }) {
    const { spec, clock, people, emit, newSerial, encryptionVersion } = options;
    const nowUs = clock.monotonicUs();
    const layout = recordingLayout(spec.folder);
    const time = new RecordingClock(spec.originUs, spec.startTime);
    const onFailure = (failure: DiskFailure) => this.#fail(failure);
    const onSlow = (ms: number) =>
      this.#warn('disk_slow', 'A write of the recording took longer than 500 ms.', { ms: Math.round(ms) });
    const impatience = new Impatience(clock);
    const release = () => impatience.guard('release', spec.folder, () => kept.release());
    this.#impatience = impatience;
    this.#reserve = new SpaceReserve({ release }, onFailure);
    const fs = guardFs(guardFs(options.fs, impatience.guard), this.#reserve.guard);
    this.#options = options;
    this.#time = time;
    this.#listensFromUs = spec.originUs;
    this.#journalSyncUs = nowUs;
    this.#journal = new JournalWriter({
      path: layout.voxprocJournal(spec.voxprocNumber),
      onDropped: () => this.#warn('journal_failed', 'A line of the journal was dropped: too many wait for the disk.'),
      ...{ fs, clock, time, onFailure, onSlow },
    });
    this.#desk = new SegmentDesk(
      {
        recordingSessionId: spec.recordingSessionId,
        durable: spec.durable,
        names: (userId) => people.names(userId),
        onHole: (hole) => this.hole(hole),
        ...{ layout, fs, clock, time, newSerial, encryptionVersion, onFailure, onSlow },
      },
      this.#journal,
      emit,
    );
    this.#space = new FreeSpaceWatch(
      {
        path: spec.folder,
        minFreeBytes: spec.minFreeBytes,
        onLow: (bytes) => this.#warn('disk_low', 'Free space comes close to where the recording stops.', { bytes }),
        ...{ fs, clock, onFailure },
      },
      freeBytes,
    );
    const { pid } = process;
    this.#journal.write({ type: 'voxproc_joined', pid, n: spec.voxprocNumber, startTicks: processStartTicks(pid) });
  }

  get spec(): RecordingSpec {
    return this.#options.spec;
  }

  /** Whether the disk stopped answering while the recording was closed. */
  get isStuck(): boolean {
    return this.#impatience.isStuck;
  }

  /** The sample clock. */
  get time(): RecordingClock {
    return this.#time;
  }

  get stats(): RecorderStats {
    return {
      received: this.#heard,
      written: this.#total.written,
      lost: this.#total.lost,
      unattributed: this.#counts.unattributed,
      dropped: { ...this.#total.dropped },
      speakers: this.#desk.people,
      openSegments: this.#desk.openCount,
      writeQueueBytes: this.#desk.queuedBytes + this.#journal.queue.pendingBytes,
      slowestWriteMs: Math.max(this.#desk.slowestMs, this.#journal.queue.slowestMs),
      freeBytes: this.#space.freeBytes,
    };
  }

  /** Takes one packet of a person, usable or not. */
  take(packet: MediaPacket | DroppedPacket): void {
    const { userId, arrivalUs } = packet;
    if (arrivalUs < this.#options.spec.originUs) return;
    const standing = this.#options.people.standing(userId);
    if (standing === 'bot') {
      this.#counts.bots += 1;
    } else if (standing === 'opted_out') {
      this.#counts.optedOut += 1;
    } else {
      this.#heard += 1;
      const person = this.#personOf(userId);
      if (this.#pause !== null || arrivalUs < this.#listensFromUs) person.refuse('paused');
      else person.take(packet, standing === 'unknown', this.#options.clock.monotonicUs());
    }
  }

  /** Counts packets that belong to nobody who is recorded. */
  count(what: Counted, packets: number): void {
    this.#counts[what] += packets;
  }

  /** Moves time on to `nowUs`; `stalled` says that packets which came in time may still wait in the socket. */
  advance(nowUs: number, stalled: boolean): void {
    for (const person of this.#persons.values()) person.advance(nowUs, stalled);
    this.#desk.advance(nowUs);
    if (nowUs - this.#journalSyncUs >= (this.#options.spec.durable ? JOURNAL_DURABLE_SYNC_US : JOURNAL_SYNC_US)) {
      this.#journalSyncUs = nowUs;
      this.#journal.sync();
    }
    if (nowUs - this.#housekeepingUs >= HOUSEKEEPING_US) {
      this.#housekeepingUs = nowUs;
      this.#keepHouse(nowUs);
    }
  }

  /** Nothing was read until `nowUs`: what is missing of anybody is waited for anew. */
  waitAnew(nowUs: number): void {
    for (const person of this.#persons.values()) person.waitAnew(nowUs);
  }

  /** Closes all segments and writes nothing until `resume`. @returns the position where the pause begins */
  async pause(reason: 'paused' | 'moved'): Promise<number> {
    if (this.#pause !== null) return this.#pause.sinceSample;
    const nowUs = this.#options.clock.monotonicUs();
    const sinceSample = this.#time.sampleAt(nowUs);
    for (const person of this.#persons.values()) person.finish(reason, nowUs);
    this.#pause = { sinceSample, reason };
    if (reason === 'paused') this.#journal.write({ type: 'pause', on: true });
    await this.#desk.settled();
    return sinceSample;
  }

  /** Listens again; what was not captured is a hole. @returns the position where the pause ends */
  resume(): number {
    const nowUs = this.#options.clock.monotonicUs();
    const sample = this.#time.sampleAt(nowUs);
    if (this.#pause !== null) {
      this.#endPause(sample);
      this.#listensFromUs = nowUs;
    }
    return sample;
  }

  /** Notes that nothing was captured in a stretch, for one person or for all; what lies before sample 0 is no part of it. */
  hole({ fromSample, toSample, ...rest }: Hole): void {
    if (toSample <= Math.max(0, fromSample)) return;
    const hole: Hole = { fromSample: Math.max(0, fromSample), toSample, ...rest };
    this.#journal.write({ type: 'hole', ...hole });
    this.#options.emit({ type: 'hole', hole });
  }

  /**
   * Gives up what waits of a person and closes their segment at once. Whether their later packets are refused is for `People` to say,
   * which must have been told before.
   */
  async exclude(userId: string): Promise<{ closedSegmentId: string | null; discarded: number }> {
    const person = this.#persons.get(userId);
    if (person === undefined) return { closedSegmentId: null, discarded: 0 };
    const closedSegmentId = person.segment?.segmentId ?? null;
    const discarded = person.discard('opted_out', this.#options.clock.monotonicUs());
    await this.#desk.closed(userId);
    return { closedSegmentId, discarded };
  }

  /** Follows what the roster says of a person now. */
  rosterChanged(userId: string): void {
    const person = this.#persons.get(userId);
    if (person === undefined) return;
    const nowUs = this.#options.clock.monotonicUs();
    const standing = this.#options.people.standing(userId);
    if (standing === 'recorded') {
      person.admit(nowUs);
    } else if (standing === 'bot') {
      const packets = person.dismiss();
      this.#heard -= packets;
      this.#counts.bots += packets;
      person.finish('leave', nowUs);
    } else if (standing === 'opted_out') {
      person.discard('opted_out', nowUs);
    }
  }

  /** The voice server is another one: nothing of the old numbering holds. */
  serverChanged(): void {
    const nowUs = this.#options.clock.monotonicUs();
    for (const person of this.#persons.values()) person.reset('reconnect', nowUs);
  }

  /** Writes what waits, closes everything, ends the journal. Never rejects for the disk, and never waits for one that is stuck. */
  async close(ending: SegmentEnding, reason: string): Promise<RecordingSummary> {
    this.#impatience.hurry();
    const nowUs = this.#options.clock.monotonicUs();
    const endSample = Math.max(0, this.#time.sampleAt(nowUs));
    for (const person of this.#persons.values()) person.finish(ending, nowUs);
    if (this.#pause !== null) this.#endPause(endSample);
    for (const person of this.#persons.values()) this.#leftovers.add(person.tally);
    this.#persons.clear();
    await this.#space[Symbol.asyncDispose]();
    await this.#desk.settled();
    const { received, dropped, lost } = this.#leftovers;
    this.#journal.write({ type: 'receive_summary', received, dropped, lost, ...this.#counts });
    this.#journal.write({ type: 'voxproc_left', n: this.#options.spec.voxprocNumber, reason });
    await this.#journal.close();
    await this.#reserve[Symbol.asyncDispose]();
    this.#impatience[Symbol.dispose]();
    return this.#summary(endSample);
  }

  #summary(endSample: number): RecordingSummary {
    const { received, written, lost, dropped } = this.#total;
    return {
      recordingSessionId: this.#options.spec.recordingSessionId,
      segments: this.#desk.count,
      dropped: { ...dropped },
      unattributed: this.#counts.unattributed,
      speakers: this.#desk.people,
      ...{ endSample, received, written, lost },
    };
  }

  #personOf(userId: string): Person {
    let person = this.#persons.get(userId);
    if (person === undefined) {
      const { silenceMs } = this.#options.spec;
      person = new Person({
        exactSampleAt: (us) => this.#time.exactSampleAt(us),
        openSegment: (beginning, opus) => this.#desk.open(beginning, opus, this.#options.clock.monotonicUs()),
        refined: (segment) => this.#desk.refined(segment),
        closeSegment: (segment, ending, driftPpm) => this.#desk.close(userId, segment, ending, driftPpm),
        ...{ userId, silenceMs, total: this.#total },
      });
      this.#persons.set(userId, person);
    }
    return person;
  }

  #endPause(toSample: number): void {
    if (this.#pause === null) return;
    const { sinceSample, reason } = this.#pause;
    this.#pause = null;
    if (reason === 'paused') this.#journal.write({ type: 'pause', on: false });
    this.hole({ fromSample: sinceSample, toSample, reason });
  }

  #keepHouse(nowUs: number): void {
    for (const [userId, person] of this.#persons) {
      if (this.#options.people.isPresent(userId) || !person.isIdle || nowUs - person.lastPacketUs < FORGET_US) continue;
      this.#leftovers.add(person.tally);
      this.#persons.delete(userId);
    }
    const refused = this.#total.dropped.queue_full ?? 0;
    if (refused > this.#queueFullSeen) {
      this.#queueFullSeen = refused;
      this.#warn('write_queue_full', 'Packets were dropped because the disk is too slow.', { packets: refused });
    }
  }

  #fail(failure: DiskFailure): void {
    if (this.#failure !== null) return;
    this.#failure = failure;
    this.#options.onFailure(failure);
  }

  #warn(
    code: 'disk_slow' | 'disk_low' | 'write_queue_full' | 'journal_failed',
    message: string,
    details: Record<string, unknown> = {},
  ): void {
    const nowUs = this.#options.clock.monotonicUs();
    if (nowUs - (this.#warnedAtUs.get(code) ?? Number.NEGATIVE_INFINITY) < WARNING_US) return;
    this.#warnedAtUs.set(code, nowUs);
    this.#options.emit({ type: 'warning', code, message, details });
  }
}
