import { SAMPLE_RATE } from '@parley/mux';
import type { Arrived } from './arrived.ts';
import { ClockPoints, driftPpm } from './clock-points.ts';
import { type AnchorReason, ClockWatch } from './clock-watch.ts';
import { OffsetEnvelope } from './offset-envelope.ts';
import { Placement } from './placement.ts';
import { type Refusal, ReorderWindow } from './reorder-window.ts';
import { unwrapTimestamp } from './sequence.ts';

/** Ten minutes of clock points tell the drift well enough. */
const DRIFT_POINTS = 600;
/** The drift is measured anew this often, in samples. */
const DRIFT_SAMPLES = 5 * SAMPLE_RATE;

/** One packet in order; `anchored` says that the person's clock was anchored anew from here on. */
export type OrderedSink = (packet: Arrived, anchored: AnchorReason | null) => void;

/** One SSRC of a person: unwrapping, reordering, the clock envelope and its watch, and the placement that follows from them. */
export class SsrcStream {
  readonly ssrc: number;
  readonly placement: Placement;
  readonly #envelope = new OffsetEnvelope();
  readonly #points = new ClockPoints(DRIFT_POINTS);
  readonly #window: ReorderWindow;
  readonly #watch: ClockWatch;
  readonly #released: Arrived[] = [];
  #lastRtp: number | null = null;
  #lastArrival = 0;
  #driftDue = 0;

  constructor(ssrc: number, refuse: Refusal, ordered: OrderedSink) {
    this.ssrc = ssrc;
    this.placement = new Placement(this.#envelope);
    this.#window = new ReorderWindow(refuse);
    this.#watch = new ClockWatch(this.#envelope, (packet, anchored) => {
      if (anchored !== null) this.#points.reset();
      if (packet.unusable === null) this.#measure(packet);
      ordered(packet, anchored);
    });
  }

  /** Packets that wait for order or for certainty. */
  get waiting(): number {
    return this.#window.size + this.#watch.size;
  }

  /** The sender's clock against ours, in parts per million. */
  get driftPpm(): number {
    return driftPpm(this.#points.points);
  }

  /** Unwraps an RTP timestamp of a packet that arrived at `arrival` (samples). */
  unwrap(timestamp: number, arrival: number): number {
    if (this.#lastRtp === null) return timestamp;
    return unwrapTimestamp(timestamp, this.#lastRtp + Math.max(0, arrival - this.#lastArrival));
  }

  /** Takes one packet in order of arrival. @returns false when it was refused at once */
  push(packet: Arrived): boolean {
    // Only what was decrypted is known to come from the sender: a forged header must not move the unwrapping.
    if (packet.unusable === null && (this.#lastRtp === null || packet.rtp > this.#lastRtp)) {
      this.#lastRtp = packet.rtp;
      this.#lastArrival = packet.arrival;
    }
    const taken = this.#window.push(packet, this.#released);
    this.#hand();
    return taken;
  }

  /** Gives up what was waited for long enough. */
  advance(nowUs: number): void {
    this.#window.advance(nowUs, this.#released);
    this.#hand();
    this.#watch.advance(nowUs);
  }

  /** Nothing was read until `nowUs`: what is missing is waited for anew. */
  waitAnew(nowUs: number): void {
    this.#window.waitAnew(nowUs);
  }

  /** Lets everything go that waits. */
  drain(): void {
    this.#window.drain(this.#released);
    this.#hand();
    this.#watch.drain();
  }

  /** Takes the next packet as a first one: what is missing before it was not listened for. The clock is kept. */
  beginAnew(): void {
    this.#window.reset();
    this.placement.forgetGap();
  }

  #measure(packet: Arrived): void {
    this.#points.add(packet.arrival, packet.rtp);
    if (packet.arrival >= this.#driftDue) {
      this.#driftDue = packet.arrival + DRIFT_SAMPLES;
      this.placement.driftPpm = this.driftPpm;
    }
  }

  #hand(): void {
    const released = this.#released;
    for (let index = 0; index < released.length; index += 1) this.#watch.take(released[index] as Arrived);
    released.length = 0;
  }
}
