import { SAMPLE_RATE, type SegmentEnding } from '@parley/mux';
import type { SegmentBeginning } from '../recording/segment-options.ts';
import type { SegmentWriter } from '../recording/segment-writer.ts';
import type { Arrived } from './arrived.ts';
import { classifyPacket, type PacketClass } from './classify.ts';
import type { AnchorReason } from './clock-watch.ts';
import type { DroppedPacket, MediaPacket } from './packet-source.ts';
import type { SegmentStart } from './placement.ts';
import { SsrcStream } from './ssrc-stream.ts';
import { Tally } from './tally.ts';

/** A segment becomes a new part after this many samples: 5 minutes. */
export const MAX_SEGMENT_SAMPLES = 5 * 60 * SAMPLE_RATE;
/** Late packets of a person's former SSRC are told from a return to it by this, in microseconds. */
const FORMER_SSRC_US = 2_000_000;

/** What a speaker needs around it. */
export interface SpeakerHost {
  /** Position on the recording's clock of an instant in microseconds, in samples with a fraction. */
  exactSampleAt(us: number): number;
  /** Opens a segment whose first packet is `opus`. */
  openSegment(beginning: SegmentBeginning, opus: Uint8Array): SegmentWriter;
  /** A segment is to be closed; the host owns the closing from here on. */
  closeSegment(segment: SegmentWriter, ending: SegmentEnding, driftPpm: number): void;
  /** The start of the open segment is known better. */
  refined(segment: SegmentWriter): void;
}

/**
 * One person's way from packets to segments: classify, reorder, place, write. Everything received is accounted for in the tally of the
 * open segment, or, between segments, of the next one.
 */
export class Speaker {
  readonly userId: string;
  readonly #host: SpeakerHost;
  readonly #silenceUs: number;
  readonly #total: Tally;
  #stream: SsrcStream | null = null;
  #formerSsrc: number | null = null;
  #ssrcSinceUs = 0;
  #segment: SegmentWriter | null = null;
  #tally: Tally;
  #lastSpeechUs = Number.NEGATIVE_INFINITY;
  #lastPacketUs = Number.NEGATIVE_INFINITY;
  /** What closed the segment before, while the next packet goes on with another part of it. */
  #continues: AnchorReason | 'ssrc' | 'part' | null = null;
  #part = 1;
  #highestPart = 1;
  #latestStart = Number.NEGATIVE_INFINITY;
  #nowUs = 0;

  /** `total` counts for the whole recording. */
  constructor(userId: string, silenceMs: number, total: Tally, host: SpeakerHost) {
    this.userId = userId;
    this.#silenceUs = silenceMs * 1000;
    this.#total = total;
    this.#host = host;
    this.#tally = new Tally(total);
  }

  get segment(): SegmentWriter | null {
    return this.#segment;
  }

  /** Packets taken whose fate is not known yet. */
  get waiting(): number {
    return this.#stream?.waiting ?? 0;
  }

  /** Arrival of the newest packet in microseconds. */
  get lastPacketUs(): number {
    return this.#lastPacketUs;
  }

  /** The account of the open segment, or of what came since the last one. */
  get tally(): Tally {
    return this.#tally;
  }

  /** Takes one decrypted packet at `nowUs`. */
  packet(packet: MediaPacket, nowUs: number): void {
    this.#take(packet, packet.opus, classifyPacket(packet.opus), nowUs);
  }

  /** Takes a packet that was received and cannot be used. */
  dropped(packet: DroppedPacket, nowUs: number): void {
    this.#take(packet, null, { unusable: packet.reason, samples: 0, speech: false }, nowUs);
  }

  /** Moves time on: gives up what is missing, closes the segment after silence (unless `keepOpen`), makes pages. */
  advance(nowUs: number, keepOpen = false): void {
    this.#nowUs = nowUs;
    this.#stream?.advance(nowUs);
    if (!keepOpen && nowUs - this.#lastSpeechUs >= this.#silenceUs) {
      this.#continues = null;
      if (this.#segment !== null) this.#close('silence');
    }
    this.#segment?.advance(nowUs);
  }

  /** Nothing was read until `nowUs`: what is missing is waited for anew. */
  waitAnew(nowUs: number): void {
    this.#stream?.waitAnew(nowUs);
  }

  /** Writes what waits and closes the segment. The clock of the person is kept for what comes after. */
  finish(ending: SegmentEnding, nowUs: number): void {
    this.#nowUs = nowUs;
    this.#stream?.drain();
    if (this.#segment !== null) this.#close(ending);
    this.#stream?.beginAnew();
  }

  /** Forgets the voice server's numbering: sequence, timestamps and SSRC mean nothing any more. */
  reset(): void {
    this.#stream = null;
    this.#formerSsrc = null;
    this.#continues = null;
  }

  /**
   * Gives up everything that waits, unwritten, and closes the segment: the person does not want to be recorded.
   * @returns packets that were given up
   */
  discard(ending: SegmentEnding, nowUs: number): number {
    this.#nowUs = nowUs;
    const waiting = this.waiting;
    if (waiting > 0) this.#tally.drop('opted_out', waiting);
    if (this.#segment !== null) this.#close(ending);
    this.reset();
    return waiting;
  }

  #take(header: MediaPacket | DroppedPacket, opus: Uint8Array | null, kind: PacketClass, nowUs: number): void {
    this.#nowUs = nowUs;
    const { arrivalUs } = header;
    const arrival = this.#host.exactSampleAt(arrivalUs);
    const stream = this.#streamOf(header.ssrc, arrivalUs);
    if (stream === null) {
      this.#tally.drop(kind.unusable ?? 'late');
      return;
    }
    if (arrivalUs > this.#lastPacketUs) this.#lastPacketUs = arrivalUs;
    const taken = stream.push({
      sequence: header.sequence,
      rtp: stream.unwrap(header.timestamp, arrival),
      arrivalUs,
      arrival,
      opus: kind.unusable === null ? opus : null,
      samples: kind.samples,
      unusable: kind.unusable,
      speech: kind.speech,
      lost: 0,
      restart: false,
    });
    if (taken && kind.speech && arrivalUs > this.#lastSpeechUs) this.#lastSpeechUs = arrivalUs;
  }

  /** The stream of an SSRC; a new one ends the old. Null for a late packet of the former SSRC. */
  #streamOf(ssrc: number, arrivalUs: number): SsrcStream | null {
    const current = this.#stream;
    if (current !== null && current.ssrc === ssrc) return current;
    if (current !== null) {
      if (ssrc === this.#formerSsrc && arrivalUs - this.#ssrcSinceUs < FORMER_SSRC_US) return null;
      current.drain();
      if (this.#segment !== null) {
        this.#close('ssrc_changed');
        this.#continues = 'ssrc';
      }
      this.#formerSsrc = current.ssrc;
    }
    this.#ssrcSinceUs = arrivalUs;
    this.#stream = new SsrcStream(
      ssrc,
      (packet, reason) => this.#tally.drop(packet.unusable ?? reason),
      (packet, anchored) => this.#ordered(packet, anchored),
    );
    return this.#stream;
  }

  #ordered(packet: Arrived, anchored: AnchorReason | null): void {
    const { placement } = this.#stream as SsrcStream;
    if (packet.restart || anchored !== null) placement.forgetGap();
    placement.note(packet);
    if (packet.unusable !== null) {
      this.#tally.lose(packet.lost);
      this.#tally.drop(packet.unusable);
      return;
    }
    if (this.#segment === null) {
      this.#tally.lose(packet.lost);
      if (!packet.speech) this.#tally.drop('idle_silence');
      else this.#begin(packet, this.#continues ?? anchored, this.#continues !== null);
      return;
    }
    if (anchored !== null) this.#split('clock_drift', packet, anchored);
    else if (this.#segment.samples >= MAX_SEGMENT_SAMPLES) this.#split('max_duration', packet, 'part');
    else this.#goOn(this.#segment, packet);
  }

  /** Writes the next packet of the open segment, with what fills the way to it. */
  #goOn(segment: SegmentWriter, packet: Arrived): void {
    const { placement } = this.#stream as SsrcStream;
    const step = placement.next(packet);
    if (step.type === 'part') {
      this.#split(step.ending, packet, 'drift');
      return;
    }
    this.#tally.lose(packet.lost);
    if (step.refine !== 0) {
      segment.refine(step.refine);
      this.#host.refined(segment);
    }
    if (step.correction !== 0) {
      segment.reanchor({ offsetSamples: placement.offset, deltaSamples: step.correction, reason: 'pause' });
    }
    const { refusal } = segment;
    if (refusal !== null) {
      this.#tally.drop(refusal);
      return;
    }
    segment.fillLoss(step.lost, step.conceal, this.#nowUs);
    segment.fillPause(step.pause, this.#nowUs);
    placement.wrote(packet);
    segment.write(packet, packet.opus as Uint8Array, this.#nowUs);
  }

  #split(ending: SegmentEnding, packet: Arrived, reason: AnchorReason | 'part'): void {
    this.#close(ending);
    this.#tally.lose(packet.lost);
    if (packet.speech) {
      this.#begin(packet, reason, true);
    } else {
      this.#continues = reason;
      this.#tally.drop('idle_silence');
    }
  }

  #begin(packet: Arrived, reason: AnchorReason | 'ssrc' | 'part' | null, continues: boolean): void {
    const { placement, ssrc } = this.#stream as SsrcStream;
    const before = placement.offset;
    const start = placement.open(packet, reason === 'part');
    this.#part = this.#nextPart(start.startSample, continues);
    this.#continues = null;
    const opus = packet.opus as Uint8Array;
    const segment = this.#host.openSegment(this.#beginning(packet, start, ssrc), opus);
    this.#segment = segment;
    if (reason !== null && reason !== 'part') {
      const deltaSamples = reason === 'ssrc' ? 0 : start.offset - before;
      segment.reanchor({ offsetSamples: start.offset, deltaSamples, reason });
    }
    placement.wrote(packet);
    segment.write(packet, opus, this.#nowUs);
  }

  /** Parts count on while one goes on from the other, and where a clock stepped back, so that no two segments have one name. */
  #nextPart(startSample: number, continues: boolean): number {
    const next = startSample <= this.#latestStart ? this.#highestPart + 1 : this.#part + 1;
    const part = continues || startSample <= this.#latestStart ? next : 1;
    this.#highestPart = Math.max(this.#highestPart, part);
    this.#latestStart = Math.max(this.#latestStart, startSample);
    return part;
  }

  #beginning(packet: Arrived, start: SegmentStart, ssrc: number): SegmentBeginning {
    const { startSample, offset, lostBetween } = start;
    return {
      userId: this.userId,
      tally: this.#tally,
      part: this.#part,
      rtpStart: packet.rtp,
      ...{ startSample, offset, lostBetween, ssrc },
    };
  }

  #close(ending: SegmentEnding): void {
    const segment = this.#segment as SegmentWriter;
    this.#segment = null;
    this.#tally = new Tally(this.#total);
    this.#host.closeSegment(segment, ending, this.#stream?.driftPpm ?? 0);
  }
}
