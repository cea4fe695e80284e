import { randomInt } from 'node:crypto';
import { type Hole, recordingLayout, type SegmentEnding } from '@parley/mux';
import {
  type Clock,
  type ErrorCode,
  ProtocolError,
  type RecordingSpec,
  type RecordingSummary,
  type RosterEntry,
} from '@parley/protocol';
import type { DroppedPacket, MediaPacket, PacketSink } from '../receive/packet-source.ts';
import { type DiskFailure, diskFailure } from './disk-failure.ts';
import { People } from './people.ts';
import { noStats, type RecorderEvent, type RecorderStats } from './recorder-event.ts';
import { type KeptSpace, nodeFs, type RecordingFs } from './recording-fs.ts';
import { RecordingRun } from './recording-run.ts';
import { RESERVE_BYTES } from './space-reserve.ts';
import { SpeakingWatch } from './speaking-watch.ts';

/** One tick for everybody, in milliseconds. */
export const TICK_MS = 20;
/** A tick that comes this much too late, in microseconds, means that packets wait unread in the socket. */
const STALL_US = 100_000;

export interface RecorderOptions {
  readonly clock: Clock;
  /** Told of everything, synchronously and in order; must not throw. */
  readonly onEvent: (event: RecorderEvent) => void;
  /** The file system, this machine's by default. */
  readonly fs?: RecordingFs;
  /** 32-bit serial number of the next Ogg stream, random by default. */
  readonly newSerial?: () => number;
}

type State =
  | { readonly type: 'idle' }
  /** `settled` resolves when the start has succeeded or failed. */
  | { readonly type: 'starting'; readonly settled: Promise<void> }
  | { readonly type: 'running'; readonly run: RecordingRun }
  | { readonly type: 'ending'; readonly run: RecordingRun; readonly done: Promise<RecordingSummary> };

const idle: State = { type: 'idle' };

/**
 * Records what a packet source delivers: one segment after the other for each person. Packets that come while no recording runs are
 * not stored. Nothing it is told waits for a disk; only `start`, `pause`, `stop` and `exclude` answer when the disk has.
 */
export class Recorder implements PacketSink, AsyncDisposable {
  readonly #clock: Clock;
  readonly #fs: RecordingFs;
  readonly #onEvent: (event: RecorderEvent) => void;
  readonly #newSerial: () => number;
  readonly #people = new People();
  readonly #speaking: SpeakingWatch;
  readonly #tick: Disposable;
  #state: State = idle;
  #lastTickUs: number;
  #encryptionVersion = 0;

  constructor({ clock, onEvent, fs = nodeFs, newSerial = () => randomInt(0x1_0000_0000) }: RecorderOptions) {
    this.#clock = clock;
    this.#fs = fs;
    this.#onEvent = onEvent;
    this.#newSerial = newSerial;
    this.#speaking = new SpeakingWatch((userId, speaking) =>
      onEvent({ type: speaking ? 'speaking_started' : 'speaking_stopped', userId }),
    );
    this.#lastTickUs = clock.monotonicUs();
    this.#tick = clock.setInterval(() => this.#advance(), TICK_MS);
  }

  /** Takes what is known of a person; a bot is not recorded, nor is who opted out. */
  setRoster(entry: RosterEntry): void {
    this.#people.set(entry);
    if (!this.#isHeard(entry.userId)) this.#speaking.silence(entry.userId);
    this.#run?.rosterChanged(entry.userId);
  }

  /** The version of the call's end-to-end encryption, 0 for none; it goes into the sidecars. */
  setEncryptionVersion(version: number): void {
    this.#encryptionVersion = version;
  }

  /**
   * Begins a recording in `spec.folder`. From the answer on, everything said is written.
   * @returns the position on the recording's clock
   * @throws ProtocolError `already_recording`, `disk_full`, `folder_unwritable`
   */
  async start(spec: RecordingSpec): Promise<{ sample: number }> {
    if (this.#state.type === 'ending') await this.#state.done;
    if (this.#state.type !== 'idle') {
      throw new ProtocolError('already_recording', 'recording.start: a recording is running; stop it first');
    }
    const settled = Promise.withResolvers<void>();
    this.#state = { type: 'starting', settled: settled.promise };
    try {
      const space = await this.#prepare(spec);
      const run: RecordingRun = new RecordingRun(
        {
          onFailure: (failure) => this.#endByItself(run, failure),
          encryptionVersion: () => this.#encryptionVersion,
          people: this.#people,
          emit: this.#onEvent,
          newSerial: this.#newSerial,
          clock: this.#clock,
          fs: this.#fs,
          spec,
        },
        space,
      );
      this.#state = { type: 'running', run };
      return { sample: this.nowSample() };
    } catch (error) {
      this.#state = idle;
      throw error;
    } finally {
      settled.resolve();
    }
  }

  /**
   * Closes all segments and stores nothing until `resume`.
   * @throws ProtocolError `not_recording`
   */
  async pause(reason: 'paused' | 'moved'): Promise<{ sample: number }> {
    return { sample: await this.#running('recording.pause').pause(reason) };
  }

  /**
   * Stores again, on the same clock; the pause becomes a hole.
   * @throws ProtocolError `not_recording`
   */
  async resume(): Promise<{ sample: number }> {
    return { sample: this.#running('recording.resume').resume() };
  }

  /**
   * Closes all segments as `ending` and the recording with them; resolves when everything is on the disk, or could not be.
   * @param endReason why, for the journal
   * @throws ProtocolError `not_recording`; `folder_unwritable` when the disk has stopped answering: what it was given last may still
   *   be written whenever it does
   */
  async stop(ending: SegmentEnding, endReason: string): Promise<RecordingSummary> {
    if (this.#state.type === 'ending') return this.#state.done;
    const run = this.#running('recording.stop');
    const summary = await this.#end(run, ending, endReason);
    if (!run.isStuck) return summary;
    const { folder } = run.spec;
    throw new ProtocolError(
      'folder_unwritable',
      `recording.stop: the disk of ${folder} does not answer; end this process before the files are read`,
      { code: 'ETIMEDOUT', path: folder },
    );
  }

  /**
   * Records a person no more, at once: what waits is given up, nothing that comes later is written. Resolves when their file is
   * closed. Holds for later recordings too, until `include`.
   */
  async exclude(userId: string): Promise<{ closedSegmentId: string | null; discarded: number }> {
    this.#people.exclude(userId);
    this.#speaking.silence(userId);
    if (this.#state.type === 'running') return this.#state.run.exclude(userId);
    if (this.#state.type === 'ending') await this.#state.done;
    return { closedSegmentId: null, discarded: 0 };
  }

  /** Records a person again from now on. */
  include(userId: string): void {
    this.#people.include(userId);
  }

  /** The voice server is a new one: segments are closed (`reconnect`), sequence numbers, timestamps and SSRCs forgotten. */
  serverChanged(): void {
    this.#run?.serverChanged();
  }

  /** Notes a stretch without capture. Ignored while nothing is recorded. */
  hole(hole: Hole): void {
    this.#run?.hole(hole);
  }

  /** The position on the recording's clock now; 0 while nothing is recorded. */
  nowSample(): number {
    return this.sampleAt(this.#clock.monotonicUs());
  }

  /** The position of an instant of CLOCK_MONOTONIC (microseconds); 0 while nothing is recorded. */
  sampleAt(us: number): number {
    return this.#run?.time.sampleAt(us) ?? 0;
  }

  stats(): RecorderStats {
    return this.#run?.stats ?? noStats;
  }

  packet(packet: MediaPacket): void {
    this.#noticeStall(packet.arrivalUs);
    this.#hear(packet.userId);
    if (this.#state.type === 'running') this.#state.run.take(packet);
  }

  dropped(packet: DroppedPacket): void {
    this.#noticeStall(packet.arrivalUs);
    if (this.#state.type === 'running') this.#state.run.take(packet);
  }

  unattributed(count: number): void {
    this.#run?.count('unattributed', count);
  }

  foreign(count: number): void {
    this.#run?.count('foreign', count);
  }

  bot(count: number): void {
    this.#run?.count('bots', count);
  }

  optedOut(count: number): void {
    this.#run?.count('optedOut', count);
  }

  /** Stops what runs (`shutdown`), what is just being started too, and every timer. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#tick[Symbol.dispose]();
    if (this.#state.type === 'starting') await this.#state.settled;
    if (this.#state.type === 'running') await this.#end(this.#state.run, 'shutdown', 'shutdown');
    else if (this.#state.type === 'ending') await this.#state.done;
  }

  get #run(): RecordingRun | null {
    return this.#state.type === 'running' ? this.#state.run : null;
  }

  #running(request: string): RecordingRun {
    if (this.#state.type === 'running') return this.#state.run;
    throw new ProtocolError('not_recording', `${request}: no recording is running`);
  }

  #hear(userId: string): void {
    if (this.#isHeard(userId)) this.#speaking.heard(userId, this.#clock.monotonicUs());
  }

  #isHeard(userId: string): boolean {
    const standing = this.#people.standing(userId);
    return standing === 'recorded' || standing === 'unknown';
  }

  #advance(): void {
    const nowUs = this.#clock.monotonicUs();
    const stalled = this.#noticeStall(nowUs);
    this.#lastTickUs = nowUs;
    if (!stalled) this.#speaking.advance(nowUs);
    this.#run?.advance(nowUs, stalled);
  }

  /** Whether the loop stood still until `nowUs`: packets that came meanwhile are read one after the other only now. */
  #noticeStall(nowUs: number): boolean {
    const stalled = nowUs - this.#lastTickUs > TICK_MS * 1000 + STALL_US;
    if (stalled) this.#run?.waitAnew(nowUs);
    return stalled;
  }

  /** Makes the folders, looks at the space, and keeps back what closing takes. */
  async #prepare(spec: RecordingSpec): Promise<{ freeBytes: number; kept: KeptSpace }> {
    const layout = recordingLayout(spec.folder);
    try {
      await this.#fs.makeFolder(layout.segments);
      await this.#fs.makeFolder(layout.journal);
      const probe = await this.#fs.append(layout.voxprocJournal(spec.voxprocNumber));
      await probe.close();
      const freeBytes = await this.#fs.freeBytes(spec.folder);
      if (freeBytes >= spec.minFreeBytes) {
        return { freeBytes, kept: await this.#fs.keepFree(layout.reserve(spec.voxprocNumber), RESERVE_BYTES) };
      }
      throw new ProtocolError(
        'disk_full',
        `recording.start: ${freeBytes} bytes are free in ${spec.folder}, fewer than the ${spec.minFreeBytes} a recording needs`,
        { freeBytes, minFreeBytes: spec.minFreeBytes },
      );
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      const { reason, code, path } = diskFailure(error, spec.folder);
      const said: ErrorCode = reason;
      throw new ProtocolError(
        said,
        `recording.start: ${path} cannot be written (${code})`,
        { code, path },
        { cause: error },
      );
    }
  }

  #end(run: RecordingRun, ending: SegmentEnding, endReason: string): Promise<RecordingSummary> {
    const finish = async () => {
      const summary = await run.close(ending, endReason);
      this.#state = idle;
      return summary;
    };
    const done = finish();
    this.#state = { type: 'ending', run, done };
    return done;
  }

  /** The disk failed: everything is closed, what is written is kept, and the owner is told when that is done. */
  #endByItself(run: RecordingRun, { reason, code, path }: DiskFailure): void {
    if (this.#state.type !== 'running' || this.#state.run !== run) {
      const message = 'The disk failed while the recording was being closed.';
      this.#onEvent({ type: 'warning', code: 'disk_failed', message, details: { reason, code, path } });
      return;
    }
    const done = this.#end(run, 'disk_failed', reason).then((summary) => {
      this.#onEvent({ type: 'ended', reason, summary, details: { code, path } });
      return summary;
    });
    this.#state = { type: 'ending', run, done };
  }
}
