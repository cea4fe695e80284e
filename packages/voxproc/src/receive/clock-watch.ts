import { SAMPLE_RATE } from '@parley/mux';
import type { Arrived } from './arrived.ts';
import type { OffsetEnvelope } from './offset-envelope.ts';

/** Against arrival, in samples: RTP that jumps further is a new clock. */
export const JUMP_SAMPLES = SAMPLE_RATE;
/** Delay beyond the envelope, in samples, that lasting makes a drift. */
export const DRIFT_SAMPLES = SAMPLE_RATE / 5;
/** A drift lasts for more packets than this. */
const DRIFT_PACKETS = 10;
/** The pace of packets behind arrival is judged by the newest tenth of a second, of this many packets at most. */
const RECENT_SAMPLES = SAMPLE_RATE / 10;
const RECENT_PACKETS = 48;
/** How long packets are kept back until it is known whether they were delayed or their clock moved. */
export const DOUBT_US = 250_000;

/** Why the clock of a person was anchored anew. */
export type AnchorReason = 'rtp_jump' | 'drift';

/** Takes packets in order; `reason` says that from this packet on the RTP clock stands elsewhere. */
export type ClockSink = (packet: Arrived, reason: AnchorReason | null) => void;

/**
 * Tells a sender whose RTP clock moved from a network or an event loop that delayed its packets. RTP ahead of arrival cannot be
 * delay and is followed at once. RTP behind arrival may be: those packets are kept back for at most 250 ms. Delayed packets come in
 * a burst and catch up; a clock that moved (or stood still through a pause) stays behind at the pace of speech.
 */
export class ClockWatch {
  readonly #envelope: OffsetEnvelope;
  readonly #sink: ClockSink;
  #held: Arrived[] = [];
  /** Packets behind arrival in a row, kept back or let go undecided. */
  #behind = 0;
  #behindLeast = Number.POSITIVE_INFINITY;
  /** The newest of them. */
  #recent: Arrived[] = [];
  #lastRtp = Number.NEGATIVE_INFINITY;

  constructor(envelope: OffsetEnvelope, sink: ClockSink) {
    this.#envelope = envelope;
    this.#sink = sink;
  }

  /** Packets kept back. */
  get size(): number {
    return this.#held.length;
  }

  /** Takes the next packet in order. */
  take(packet: Arrived): void {
    if (packet.unusable !== null) {
      if (this.#held.length > 0) this.#held.push(packet);
      else this.#sink(packet, null);
      return;
    }
    const offset = packet.arrival - packet.rtp;
    const delay = offset - this.#envelope.minimum;
    if (delay > DRIFT_SAMPLES) {
      this.#doubt(packet, offset);
      return;
    }
    this.#letGo(null);
    this.#forget();
    const jumped = this.#isAhead(packet.rtp, delay);
    if (jumped) this.#envelope.reset();
    this.#pass(packet, jumped ? 'rtp_jump' : null);
  }

  /** Whether RTP ran ahead of arrival: by more than a jump, or by a lesser step that shows in RTP itself and not as less delay. */
  #isAhead(rtp: number, delay: number): boolean {
    return delay < -JUMP_SAMPLES || (delay < -DRIFT_SAMPLES && rtp - this.#lastRtp >= -delay * 0.9);
  }

  /** Ends the doubt about what was kept back for long enough. */
  advance(nowUs: number): void {
    const first = this.#held[0];
    if (first !== undefined && nowUs - first.arrivalUs >= DOUBT_US) this.#decide();
  }

  /** Lets everything go that is kept back. */
  drain(): void {
    if (this.#held.length > 0) this.#decide();
  }

  #doubt(packet: Arrived, offset: number): void {
    this.#behind += 1;
    this.#behindLeast = Math.min(this.#behindLeast, offset);
    this.#recent.push(packet);
    if (this.#recent.length > RECENT_PACKETS) this.#recent.shift();
    const undecided = this.#held.length === 0 && this.#behind > 1;
    this.#held.push(packet);
    const lasted = this.#behind > DRIFT_PACKETS && this.#isPaced();
    const waited = packet.arrivalUs - (this.#held[0] as Arrived).arrivalUs >= DOUBT_US;
    if (lasted || waited || undecided) this.#decide();
  }

  /** Whether the newest packets behind arrival came at the pace of their own clock, not in a burst. */
  #isPaced(): boolean {
    const newest = this.#recent.at(-1) as Arrived;
    const first = this.#recent.find((packet) => newest.arrival - packet.arrival <= RECENT_SAMPLES) as Arrived;
    return newest.arrival > first.arrival && newest.arrival - first.arrival >= (newest.rtp - first.rtp) * 0.75;
  }

  /** Whether what is kept back came all at once, as after an outage that the sender did not outlast. */
  #isBurst(): boolean {
    const usable = this.#held.filter((packet) => packet.unusable === null);
    const first = usable[0] as Arrived;
    const newest = usable.at(-1) as Arrived;
    return newest.rtp - first.rtp > (newest.arrival - first.arrival) * 4;
  }

  #decide(): void {
    const jumped = this.#behindLeast - this.#envelope.minimum > JUMP_SAMPLES;
    const lasted = this.#behind > DRIFT_PACKETS && this.#isPaced();
    if (lasted || (jumped && !this.#isBurst())) {
      this.#envelope.reset();
      for (const packet of this.#held) if (packet.unusable === null) this.#envelope.add(packet.arrival, packet.rtp);
      this.#letGo(jumped ? 'rtp_jump' : 'drift');
      this.#forget();
    } else {
      this.#letGo(null);
    }
  }

  #letGo(reason: AnchorReason | null): void {
    if (this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    let due = reason;
    for (const packet of held) {
      if (packet.unusable !== null) {
        this.#sink(packet, null);
        continue;
      }
      this.#pass(packet, due);
      due = null;
    }
  }

  #pass(packet: Arrived, reason: AnchorReason | null): void {
    this.#envelope.add(packet.arrival, packet.rtp);
    this.#lastRtp = packet.rtp;
    this.#sink(packet, reason);
  }

  #forget(): void {
    this.#behind = 0;
    this.#behindLeast = Number.POSITIVE_INFINITY;
    this.#recent = [];
  }
}
