import { SAMPLE_RATE } from '@parley/mux';
import { OffsetEnvelope } from '../receive/offset-envelope.ts';
import { unwrapTimestamp } from '../receive/sequence.ts';

const SAMPLES_PER_US = SAMPLE_RATE / 1_000_000;

/** An instant of CLOCK_MONOTONIC (microseconds) in 48 kHz samples since its zero, with a fraction. */
export const samplesAt = (us: number): number => us * SAMPLES_PER_US;

/** The instant of a place on the clock, CLOCK_MONOTONIC in microseconds. */
export const microsecondsAt = (samples: number): number => samples / SAMPLES_PER_US;

/**
 * Where the packets of one SSRC stand in time: 48 kHz samples since zero of CLOCK_MONOTONIC. As the recorder does it: RTP plus the lower
 * envelope of arrival − RTP, which jitter only ever raises.
 */
export class EarClock {
  readonly ssrc: number;
  readonly #envelope = new OffsetEnvelope();
  #lastRtp: number | null = null;
  #lastArrival = 0;

  constructor(ssrc: number) {
    this.ssrc = ssrc;
  }

  /** Unwraps the RTP timestamp of a packet that arrived at `arrivalUs` (microseconds) and learns from it. */
  take(timestamp: number, arrivalUs: number): number {
    const arrival = samplesAt(arrivalUs);
    const rtp = this.unwrap(timestamp, arrivalUs);
    if (this.#lastRtp === null || rtp > this.#lastRtp) {
      this.#lastRtp = rtp;
      this.#lastArrival = arrival;
    }
    this.#envelope.add(arrival, rtp);
    return rtp;
  }

  /** Unwraps the RTP timestamp of a packet nobody vouches for: a forged header must not move the clock. */
  unwrap(timestamp: number, arrivalUs: number): number {
    if (this.#lastRtp === null) return timestamp;
    return unwrapTimestamp(timestamp, this.#lastRtp + Math.max(0, samplesAt(arrivalUs) - this.#lastArrival));
  }

  /** Where a packet stands that arrived at `arrivalUs` (microseconds). */
  placeOf(rtp: number, arrivalUs: number): number {
    return Math.round(rtp + this.#envelope.offsetAt(samplesAt(arrivalUs), 0));
  }

  /** The sender's clock began anew: this packet stands where it arrived. */
  anchor(rtp: number, arrivalUs: number): void {
    this.#envelope.reset();
    this.#envelope.add(samplesAt(arrivalUs), rtp);
  }
}
