/** −1 dBFS: what a lossy codec adds stays below full scale. */
export const CEILING = 10 ** (-1 / 20);
/** Release: the share of the way back to full gain made in a sample, 63 % in 100 ms. */
const RELEASE = 1 - Math.exp(-1 / 4800);

/**
 * Keeps interleaved stereo below −1 dBFS without looking ahead: the gain falls in the very sample that needs it and comes back slowly.
 * Where it falls the output stands at the ceiling, so it has no jump; both channels get the same gain.
 */
export class Limiter {
  #gain = 1;

  /** 1: it does nothing. */
  get gain(): number {
    return this.#gain;
  }

  /** Writes floats of ±1 as limited 16-bit samples. */
  write(stereo: Float32Array, target: Int16Array): void {
    let gain = this.#gain;
    for (let at = 0; at < stereo.length; at += 2) {
      const left = stereo[at] as number;
      const right = stereo[at + 1] as number;
      gain += (1 - gain) * RELEASE;
      const peak = Math.max(left < 0 ? -left : left, right < 0 ? -right : right);
      if (peak * gain > CEILING) gain = CEILING / peak;
      target[at] = Math.round(left * gain * 32_768);
      target[at + 1] = Math.round(right * gain * 32_768);
    }
    this.#gain = gain > 0.999_99 ? 1 : gain;
  }
}
