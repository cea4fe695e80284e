/** Samples of each channel in a millisecond. */
const SAMPLES_PER_MS = 48;

/** A gain that goes to where it is sent in a straight line, sample by sample. */
export class Ramp {
  #value: number;
  #target: number;
  #left = 0;
  #step = 0;

  /** Begins at rest at `value`. */
  constructor(value: number) {
    this.#value = value;
    this.#target = value;
  }

  get value(): number {
    return this.#value;
  }

  get target(): number {
    return this.#target;
  }

  get isMoving(): boolean {
    return this.#left > 0;
  }

  /** Goes to `target` within `ms` from now on, wherever it is. */
  goTo(target: number, ms: number): void {
    if (target === this.#target && (this.#left > 0 || this.#value === target)) return;
    this.#target = target;
    this.#left = Math.round(ms * SAMPLES_PER_MS);
    if (this.#left <= 0) this.#settle();
    else this.#step = (target - this.#value) / this.#left;
  }

  /** Multiplies interleaved stereo by the gain, moving it on by a sample for each pair. */
  apply(stereo: Float32Array): void {
    const samples = stereo.length / 2;
    const moving = Math.min(this.#left, samples);
    for (let index = 0; index < moving; index += 1) {
      this.#value += this.#step;
      stereo[2 * index] = (stereo[2 * index] as number) * this.#value;
      stereo[2 * index + 1] = (stereo[2 * index + 1] as number) * this.#value;
    }
    this.#left -= moving;
    if (this.#left === 0) this.#settle();
    const gain = this.#value;
    if (gain === 1) return;
    for (let at = 2 * moving; at < stereo.length; at += 1) stereo[at] = (stereo[at] as number) * gain;
  }

  #settle(): void {
    this.#left = 0;
    this.#value = this.#target;
  }
}
