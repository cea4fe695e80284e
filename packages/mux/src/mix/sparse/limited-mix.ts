import { limiterGains, SLOT, slotPeaks, writeLimited } from '../limiter.ts';

/** Slots (ms) to either side of an overshoot whose ceiling comes down. */
const AROUND_SLOTS = 3;

/** The sum of a chunk with its ceilings, which can be lowered in places. Samples are counted from its start. */
export class LimitedMix {
  readonly channels: 1 | 2;
  readonly #pcm: Float32Array;
  readonly #peaks: Float32Array;
  readonly #ceilings: Float32Array;
  #gains: Float32Array | null;

  /** @param pcm interleaved; whole slots of 1 ms */
  constructor(pcm: Float32Array, channels: 1 | 2, ceiling: number) {
    this.channels = channels;
    this.#pcm = pcm;
    this.#peaks = slotPeaks(pcm, channels);
    this.#ceilings = new Float32Array(this.#peaks.length).fill(ceiling);
    this.#gains = limiterGains(this.#peaks, this.#ceilings);
  }

  /** Lowers the ceiling around a sample to `factor` of what is loudest there now; takes effect with `update`. */
  lower(sample: number, factor: number): void {
    const slot = Math.floor(sample / SLOT);
    const from = Math.max(0, slot - AROUND_SLOTS);
    const to = Math.min(this.#peaks.length - 1, slot + AROUND_SLOTS);
    let level = 0;
    for (let at = from; at <= to; at += 1) level = Math.max(level, this.#levelOf(at));
    for (let at = from; at <= to; at += 1) {
      this.#ceilings[at] = Math.min(this.#ceilings[at] as number, level * factor);
    }
  }

  update(): void {
    this.#gains = limiterGains(this.#peaks, this.#ceilings);
  }

  /** The largest magnitude of the samples `[from, to)` as they are written, to within the slope of the gain. */
  peak(from: number, to: number): number {
    const end = Math.min(this.#peaks.length, Math.ceil(to / SLOT));
    let peak = 0;
    for (let slot = Math.max(0, Math.floor(from / SLOT)); slot < end; slot += 1) {
      peak = Math.max(peak, this.#levelOf(slot));
    }
    return peak;
  }

  /** Writes the frame that begins at this sample of the sum. */
  write(from: number, target: Int16Array): void {
    writeLimited(this.#pcm, this.channels, this.#gains, from, target);
  }

  #levelOf(slot: number): number {
    return (this.#peaks[slot] as number) * (this.#gains?.[slot] ?? 1);
  }
}
