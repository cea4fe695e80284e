import { join } from 'node:path';
import {
  OggOpusWriter,
  type Reanchor,
  type SegmentEnding,
  type SegmentSidecar,
  segmentStem,
  silenceFill,
} from '@parley/mux';
import type { Arrived } from '../receive/arrived.ts';
import { ClockPoints } from '../receive/clock-points.ts';
import { concealmentOf } from '../receive/concealment.ts';
import { type DiskFailure, diskFailure } from './disk-failure.ts';
import { type FileOutcome, FileQueue } from './file-queue.ts';
import { replaceFile } from './replace-file.ts';
import { type PacketKind, packetKind, SegmentAccount } from './segment-account.ts';
import {
  DURABLE_PAGE_US,
  PAGE_US,
  QUEUE_LIMIT_BYTES,
  type SegmentBeginning,
  type SegmentContext,
  SYNC_US,
} from './segment-options.ts';
import { buildSidecar, type SegmentState } from './sidecar.ts';

/** Points a segment keeps: one a second of its longest possible time. */
const MAX_POINTS = 600;
const PAGE_GRANULE_OFFSET = 6;

/**
 * One segment: an Ogg Opus file and its sidecar. Takes packets and fills without ever waiting, keeps the account of them, and owns
 * the file until it is closed. The sidecar is written at open (`open`) and replaced at close.
 */
export class SegmentWriter {
  readonly segmentId: string;
  readonly #context: SegmentContext;
  readonly #state: SegmentState;
  readonly #sidecarPath: string;
  readonly #ogg: OggOpusWriter;
  readonly #queue: FileQueue;
  readonly #account = new SegmentAccount();
  readonly #points = new ClockPoints(MAX_POINTS);
  /** The mark of each page, in order. */
  readonly #pageMarks: number[] = [];
  readonly #headerPages: number;
  readonly #sidecarOpened: Promise<void>;
  #last: Uint8Array;
  #unpagedSinceUs: number | null = null;
  #syncedAtUs: number;
  #closing: Promise<SegmentSidecar> | null = null;

  /** Opens the segment at `nowUs` with its first packet still to be written. */
  constructor(context: SegmentContext, beginning: SegmentBeginning, first: Uint8Array, nowUs: number) {
    const { userId, startSample, part, ssrc } = beginning;
    const stem = segmentStem(startSample, part);
    const folder = context.layout.personSegments(userId);
    const path = join(folder, `${stem}.ogg`);
    this.segmentId = `${userId}/${stem}`;
    this.#context = context;
    this.#sidecarPath = join(folder, `${stem}.json`);
    this.#last = first;
    this.#syncedAtUs = nowUs;
    this.#state = {
      beginning,
      segmentId: this.segmentId,
      file: `${stem}.ogg`,
      shift: 0,
      lostSamples: 0,
      reanchors: [],
      account: this.#account,
      points: this.#points,
    };
    this.#ogg = new OggOpusWriter({
      serial: context.newSerial(),
      comments: {
        PARLEY_RECORDING: context.recordingSessionId,
        PARLEY_USER: userId,
        PARLEY_START_SAMPLE: String(startSample),
        PARLEY_PART: String(part),
        PARLEY_SSRC: String(ssrc),
      },
    });
    this.#queue = new FileQueue({
      path,
      open: async () => {
        await context.fs.makeFolder(folder);
        return context.fs.create(path);
      },
      limitBytes: QUEUE_LIMIT_BYTES,
      clock: context.clock,
      onFailure: context.onFailure,
      onSlow: context.onSlow,
    });
    this.#queue.append(this.#ogg.header(), 0);
    this.#headerPages = this.#ogg.pages;
    this.#sidecarOpened = this.#writeSidecar(this.sidecar(0), folder);
  }

  /** Samples in the file. */
  get samples(): number {
    return this.#account.samples;
  }

  get startSample(): number {
    return this.#state.beginning.startSample + this.#state.shift;
  }

  /** Why a packet cannot be taken now, null when it can. */
  get refusal(): 'disk_failed' | 'queue_full' | null {
    if (this.#queue.failure !== null) return 'disk_failed';
    return this.#queue.isFull ? 'queue_full' : null;
  }

  get queue(): Pick<FileQueue, 'pendingBytes' | 'slowestMs'> {
    return this.#queue;
  }

  /** Moves the whole segment: its provisional start was off by `samples`. */
  refine(samples: number): void {
    this.#state.shift += samples;
    this.#state.reanchors = this.#state.reanchors.map((anchor) => ({
      ...anchor,
      atSample: anchor.atSample + samples,
      offsetSamples: anchor.offsetSamples + samples,
    }));
  }

  /** Notes that positions follow another offset from the end of the file on. */
  reanchor(anchor: Omit<Reanchor, 'atSample'>): void {
    this.#state.reanchors.push({ atSample: this.startSample + this.samples, ...anchor });
  }

  /** Fills what was lost: `samples` after the newest packet, concealed when asked and possible. */
  fillLoss(samples: number, conceal: boolean, nowUs: number): void {
    if (samples <= 0) return;
    this.#state.lostSamples += samples;
    const concealment = conceal ? concealmentOf(this.#last, samples) : null;
    if (concealment === null) {
      for (const fill of silenceFill(samples)) this.#push(fill.packet, fill.samples, packetKind.lossSilence, nowUs);
      return;
    }
    for (let left = samples; left > 0; left -= concealment.samples) {
      this.#push(concealment.packet, concealment.samples, packetKind.lossConcealed, nowUs);
    }
  }

  /** Fills a pause of `samples`. */
  fillPause(samples: number, nowUs: number): void {
    if (samples <= 0) return;
    for (const fill of silenceFill(samples)) this.#push(fill.packet, fill.samples, packetKind.pause, nowUs);
  }

  /** Writes a received packet; ask `refusal` first. */
  write(packet: Arrived, opus: Uint8Array, nowUs: number): void {
    this.#push(opus, packet.samples, packetKind.received, nowUs);
    this.#state.beginning.tally.wrote();
    this.#points.add(packet.arrival, packet.rtp);
    this.#last = opus;
  }

  /** Pages out what has waited long enough, and syncs when it is time. */
  advance(nowUs: number): void {
    this.#account.reachedDisk(this.#queue.writtenMark);
    const { durable } = this.#context;
    if (this.#unpagedSinceUs !== null && nowUs - this.#unpagedSinceUs >= (durable ? DURABLE_PAGE_US : PAGE_US)) {
      this.#unpagedSinceUs = null;
      this.#append(this.#ogg.flush());
    }
    if (!durable && nowUs - this.#syncedAtUs >= SYNC_US) {
      this.#syncedAtUs = nowUs;
      this.#queue.requestSync();
    }
  }

  /** The sidecar as it stands. */
  sidecar(driftPpm: number): SegmentSidecar {
    return buildSidecar(this.#context, this.#state, { driftPpm, bytes: this.#ogg.bytes, pages: this.#ogg.pages }, null);
  }

  /**
   * Ends the file and replaces the sidecar. Nothing may be written any more. Resolves when both are on the disk, or when the disk has
   * failed and the account was cut to what is there (`disk_failed`); never rejects. Closing again changes nothing.
   */
  close(ending: SegmentEnding, driftPpm: number): Promise<SegmentSidecar> {
    if (this.#closing === null) {
      this.#append(this.#ogg.end(), this.samples);
      this.#closing = this.#finish(ending, driftPpm);
    }
    return this.#closing;
  }

  async #finish(ending: SegmentEnding, driftPpm: number): Promise<SegmentSidecar> {
    const outcome = await this.#queue.close();
    await this.#sidecarOpened;
    if (outcome.failure !== null) this.#cutTo(outcome.mark, outcome.failure);
    const closedBy = outcome.failure === null ? ending : 'disk_failed';
    const size = { driftPpm, bytes: outcome.bytes, pages: this.#pagesIn(outcome) };
    const sidecar = buildSidecar(this.#context, this.#state, size, closedBy);
    await this.#writeSidecar(sidecar, null);
    return sidecar;
  }

  /** Takes the account back to what is on the disk; what is not is a hole. */
  #cutTo(mark: number, { reason }: DiskFailure): void {
    const toSample = this.startSample + this.samples;
    this.#state.lostSamples -= this.#account.cutTo(mark, this.#tally);
    const fromSample = this.startSample + this.samples;
    const { userId } = this.#state.beginning;
    const cause = reason === 'disk_full' ? 'disk_full' : 'disk_failed';
    this.#context.onHole({ fromSample, toSample, userId, reason: cause });
  }

  get #tally(): SegmentBeginning['tally'] {
    return this.#state.beginning.tally;
  }

  #pagesIn(outcome: FileOutcome): number {
    if (outcome.failure === null) return this.#ogg.pages;
    if (outcome.bytes === 0) return 0;
    return this.#headerPages + this.#pageMarks.filter((mark) => mark <= outcome.mark).length;
  }

  #push(packet: Uint8Array, samples: number, kind: PacketKind, nowUs: number): void {
    this.#unpagedSinceUs ??= nowUs;
    this.#account.add(samples, kind);
    this.#append(this.#ogg.push(packet, samples));
  }

  /** Queues a page (or two); its mark is its granule, the samples up to its end. */
  #append(page: Buffer | null, mark?: number): void {
    if (page === null || page.length === 0) return;
    const end = mark ?? Number(page.readBigUInt64LE(PAGE_GRANULE_OFFSET));
    this.#pageMarks.push(end);
    this.#queue.append(page, end);
    if (this.#context.durable) this.#queue.requestSync();
  }

  /** Never rejects: a failure is the recording's. */
  async #writeSidecar(sidecar: SegmentSidecar, newFolder: string | null): Promise<void> {
    const { fs, onFailure } = this.#context;
    try {
      if (newFolder !== null) await fs.makeFolder(newFolder);
      await replaceFile(fs, this.#sidecarPath, `${JSON.stringify(sidecar, null, 2)}\n`);
    } catch (error) {
      onFailure(diskFailure(error, this.#sidecarPath));
    }
  }
}
