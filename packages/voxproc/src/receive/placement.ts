import { GRID_SAMPLES, SAMPLE_RATE, type SegmentEnding } from '@parley/mux';
import type { Arrived } from './arrived.ts';
import type { OffsetEnvelope } from './offset-envelope.ts';

/** A move of the offset beyond this (5 ms) is taken up at the next pause. */
export const PAUSE_CORRECTION_SAMPLES = 240;
/** A move of this (10 ms) in speech without pauses begins a new part, so that two people are never more than 20 ms apart. */
export const PART_CORRECTION_SAMPLES = 480;
/** Lost packets in a row that are concealed; more are silence. */
export const MAX_CONCEALED_PACKETS = 5;
/** No fill is longer than this; a step further is a new part. */
const MAX_FILL_SAMPLES = 15 * SAMPLE_RATE;

/** The nearest step of the grid; `+ 0` because no position is −0. */
const toGrid = (samples: number): number => Math.round(samples / GRID_SAMPLES) * GRID_SAMPLES + 0;
const downToGrid = (samples: number): number => Math.floor(samples / GRID_SAMPLES) * GRID_SAMPLES;

/** Where a segment begins: `startSample = rtp + offset`, on the 2.5 ms grid. */
export interface SegmentStart {
  readonly startSample: number;
  readonly offset: number;
  /** Samples of packets lost since the end of the segment before. */
  readonly lostBetween: number;
}

/** What goes before the next packet of an open segment. The object is reused: read it before the next call. */
export interface Fill {
  readonly type: 'fill';
  /** Move of the whole segment, because the minimum is known better now. */
  refine: number;
  /** Lost packets' samples, as RTP says. */
  lost: number;
  /** Whether they are concealed or left silent. */
  conceal: boolean;
  /** Samples of pause. */
  pause: number;
  /** How the offset was corrected in this pause, 0 for not at all. */
  correction: number;
}

/** The next packet does not belong into the open segment: it begins a new part. */
export interface NewPart {
  readonly type: 'part';
  readonly ending: SegmentEnding;
}

const driftPart: NewPart = { type: 'part', ending: 'clock_drift' };

/**
 * Places the packets of one SSRC on the recording's clock: position = RTP + offset. The offset is the envelope's, snapped to the grid
 * and frozen in a talk-spurt; what is missing on the way is lost or pause, and later audio never slides. Pure: what to write is
 * answered, nothing is written.
 */
export class Placement {
  readonly #envelope: OffsetEnvelope;
  readonly #fill: Fill = { type: 'fill', refine: 0, lost: 0, conceal: false, pause: 0, correction: 0 };
  /** The sender's clock against ours, as far as it is known. */
  driftPpm = 0;
  #offset = 0;
  /** Where the open file's next sample stands on the recording's clock. */
  #position = 0;
  /** RTP up to which packets are accounted for: written, lost, or received and dropped. NaN before the first. */
  #cursor = Number.NaN;
  #gapLost = 0;
  #gapLostPackets = 0;
  #usualSamples = 960;

  constructor(envelope: OffsetEnvelope) {
    this.#envelope = envelope;
  }

  /** `position = rtp + offset` of the open segment. */
  get offset(): number {
    return this.#offset;
  }

  /** Notes the next packet in order, written later or not, and what is missing before it. */
  note(packet: Arrived): void {
    const gap = packet.rtp - this.#cursor;
    if (packet.lost > 0 && gap > 0) {
      const longest = Math.max(this.#usualSamples, packet.samples);
      const lost = gap <= packet.lost * longest ? gap : packet.lost * this.#usualSamples;
      this.#gapLost += downToGrid(lost);
      this.#gapLostPackets += packet.lost;
    }
    if (packet.samples > 0) this.#usualSamples = packet.samples;
    this.#cursor = packet.rtp + (packet.samples > 0 ? packet.samples : this.#usualSamples);
  }

  /** Forgets what was missing: the sender's numbering or clock began anew, so that the gap says nothing about loss. */
  forgetGap(): void {
    this.#gapLost = 0;
    this.#gapLostPackets = 0;
    this.#cursor = Number.NaN;
  }

  /**
   * Begins a segment with `packet`, noted before. A part that goes on right after another keeps its offset while the difference is
   * too small to take up, so that the parts meet.
   */
  open(packet: Arrived, continues: boolean): SegmentStart {
    const offset = this.#offsetOf(packet);
    if (!continues || Math.abs(offset - this.#offset) > PAUSE_CORRECTION_SAMPLES) this.#offset = offset;
    const startSample = packet.rtp + this.#offset;
    const lostBetween = this.#gapLost;
    this.#position = startSample;
    this.#gapLost = 0;
    this.#gapLostPackets = 0;
    this.#fill.lost = 0;
    this.#fill.pause = 0;
    return { startSample, offset: this.#offset, lostBetween };
  }

  /** What stands between the end of the open segment and `packet`, noted before. */
  next(packet: Arrived): Fill | NewPart {
    const fill = this.#fill;
    fill.refine = 0;
    fill.correction = 0;
    fill.lost = 0;
    fill.pause = 0;
    const moved = toGrid(this.#offsetOf(packet) - this.#offset);
    if (moved < 0 && this.#envelope.isProvisional(packet.arrival)) {
      fill.refine = moved;
      this.#offset += moved;
      this.#position += moved;
    }
    let gap = toGrid(packet.rtp + this.#offset - this.#position);
    const pause = gap - this.#gapLost;
    if (fill.refine === 0 && Math.abs(moved) > PAUSE_CORRECTION_SAMPLES) {
      if (pause > 0) {
        fill.correction = Math.max(moved, -pause);
        this.#offset += fill.correction;
        gap += fill.correction;
      } else if (Math.abs(moved) >= PART_CORRECTION_SAMPLES) {
        return driftPart;
      }
    }
    if (gap < -PART_CORRECTION_SAMPLES || gap > MAX_FILL_SAMPLES) return driftPart;
    fill.lost = Math.min(this.#gapLost, Math.max(0, gap));
    fill.pause = Math.max(0, gap) - fill.lost;
    fill.conceal = fill.lost > 0 && fill.pause === 0 && this.#gapLostPackets <= MAX_CONCEALED_PACKETS;
    return fill;
  }

  /** Notes that the fill answered last and `packet` are in the file. */
  wrote(packet: Arrived): void {
    this.#position += this.#fill.lost + this.#fill.pause + packet.samples;
    this.#gapLost = 0;
    this.#gapLostPackets = 0;
  }

  /** The envelope's offset, moved by less than half a step so that the packet comes to stand on the grid. */
  #offsetOf(packet: Arrived): number {
    return toGrid(packet.rtp + this.#envelope.offsetAt(packet.arrival, this.driftPpm)) - packet.rtp;
  }
}
