import { LIMITER_REACH, limiterGains, SLOT, slotPeaks, writeLimited } from '../mix/limiter.ts';
import type { MixedPcm } from './mixed-pcm.ts';

/** How far around a place the mix is read for its gain, in samples: whole slots. */
export const LIMITER_VIEW = LIMITER_REACH + SLOT;

/** Keeps the sum of several people below a ceiling. Where one person speaks nothing is changed, from 12 ms away from the others on. */
export class OverlapLimiter {
  readonly #mix: MixedPcm;
  readonly #ceiling: number;

  /** @param ceilingDb in dBFS */
  constructor(mix: MixedPcm, ceilingDb: number) {
    this.#mix = mix;
    this.#ceiling = 10 ** (ceilingDb / 20);
  }

  /** The mix from `from` on as 16-bit samples, as many as `out` holds. `LIMITER_VIEW` before `from` must be readable still. */
  read(from: number, out: Int16Array): void {
    const start = Math.floor(from / SLOT) * SLOT - LIMITER_REACH;
    const end = Math.ceil((from + out.length / 2) / SLOT) * SLOT + LIMITER_REACH;
    const pcm = this.#mix.read(start, end);
    const ceilings = this.#ceilings(start, (end - start) / SLOT);
    const gains = ceilings === null ? null : limiterGains(slotPeaks(pcm, 2), ceilings);
    writeLimited(pcm, 2, gains, from - start, out);
  }

  /** The ceiling of each slot, infinite where less than two people speak; null when that is everywhere. */
  #ceilings(start: number, slots: number): Float32Array | null {
    let ceilings: Float32Array | null = null;
    for (let slot = 0; slot < slots; slot += 1) {
      const at = start + slot * SLOT;
      if (this.#mix.talkersAt(at) < 2 && this.#mix.talkersAt(at + SLOT - 1) < 2) continue;
      ceilings ??= new Float32Array(slots).fill(Number.POSITIVE_INFINITY);
      ceilings[slot] = this.#ceiling;
    }
    return ceilings;
  }
}
