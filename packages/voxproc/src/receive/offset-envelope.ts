import { SAMPLE_RATE } from '@parley/mux';

/** How long a minimum is remembered, in samples. Drift of 80 ppm moves it by 2.4 ms within that. */
export const ENVELOPE_SAMPLES = 30 * SAMPLE_RATE;
const BUCKET_SAMPLES = SAMPLE_RATE / 10;
const BUCKETS = ENVELOPE_SAMPLES / BUCKET_SAMPLES;
const CAPACITY = 512;
/** No clock is worse than this; a larger drift is a wrong guess. */
const MAX_PPM = 200;

/**
 * The sliding 30 s minimum of (arrival − RTP) of one SSRC: jitter and stalls only ever add delay, so the lower envelope is the true
 * offset between the sender's clock and ours. A monotonic queue over tenths of a second: amortized O(1), bounded memory.
 */
export class OffsetEnvelope {
  readonly #offsets = new Float64Array(CAPACITY);
  readonly #buckets = new Float64Array(CAPACITY);
  #head = 0;
  #size = 0;
  #since = 0;
  #newest = Number.NEGATIVE_INFINITY;

  /** Takes one packet: arrival on the recording's clock and unwrapped RTP timestamp, both in samples. */
  add(arrival: number, rtp: number): void {
    const offset = arrival - rtp;
    const bucket = Math.max(Math.floor(arrival / BUCKET_SAMPLES), this.#newest);
    this.#newest = bucket;
    while (this.#size > 0 && this.#bucketAt(0) <= bucket - BUCKETS) {
      this.#head = (this.#head + 1) % CAPACITY;
      this.#size -= 1;
    }
    if (this.#size === 0) this.#since = arrival;
    while (this.#size > 0 && this.#offsetAt(this.#size - 1) >= offset) this.#size -= 1;
    if (this.#size > 0 && this.#bucketAt(this.#size - 1) === bucket) return;
    const slot = (this.#head + this.#size) % CAPACITY;
    this.#offsets[slot] = offset;
    this.#buckets[slot] = bucket;
    this.#size += 1;
  }

  /**
   * The offset at `arrival` (samples): `position = rtp + offset`. With drift the minimum is as old as the packet it comes from, up to
   * 30 s; `driftPpm` carries it on to now. NaN before the first packet.
   */
  offsetAt(arrival: number, driftPpm: number): number {
    if (this.#size === 0) return Number.NaN;
    const age = Math.max(0, arrival - (this.#bucketAt(0) + 0.5) * BUCKET_SAMPLES);
    return this.#offsetAt(0) + age * Math.max(-MAX_PPM, Math.min(MAX_PPM, driftPpm)) * 1e-6;
  }

  /** The least offset of the window. NaN before the first packet. */
  get minimum(): number {
    return this.#size === 0 ? Number.NaN : this.#offsetAt(0);
  }

  /** Whether the minimum may still fall because too little was heard yet: less than the window before `arrival`. */
  isProvisional(arrival: number): boolean {
    return this.#size === 0 || arrival - this.#since < ENVELOPE_SAMPLES;
  }

  /** Forgets everything: the sender's clock began anew. */
  reset(): void {
    this.#head = 0;
    this.#size = 0;
    this.#newest = Number.NEGATIVE_INFINITY;
  }

  #offsetAt(index: number): number {
    return this.#offsets[(this.#head + index) % CAPACITY] as number;
  }

  #bucketAt(index: number): number {
    return this.#buckets[(this.#head + index) % CAPACITY] as number;
  }
}
