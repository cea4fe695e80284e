/** The powers of the frequencies 0 to half the sample rate of `size` real samples under a Hann window. `size` is a power of two. */
export class PowerSpectrum {
  readonly size: number;
  readonly #window: Float64Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #order: Uint32Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  readonly #power: Float64Array;

  constructor(size: number) {
    this.size = size;
    const half = size / 2;
    this.#window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
    this.#cos = Float64Array.from({ length: half }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: half }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
    this.#order = new Uint32Array(size);
    for (let i = 1; i < size; i += 1) {
      this.#order[i] = ((this.#order[i >> 1] as number) >> 1) | ((i & 1) * half);
    }
    this.#real = new Float64Array(size);
    this.#imaginary = new Float64Array(size);
    this.#power = new Float64Array(half + 1);
  }

  /** @returns `size / 2 + 1` powers, good until the next call; what lies outside of `pcm` counts as zero */
  of(pcm: Float32Array, from: number): Float64Array {
    const { size } = this;
    const [real, imaginary] = [this.#real, this.#imaginary];
    for (let i = 0; i < size; i += 1) {
      real[this.#order[i] as number] = (pcm[from + i] ?? 0) * (this.#window[i] as number);
    }
    imaginary.fill(0);
    for (let length = 2; length <= size; length *= 2) this.#butterflies(length);
    const scale = 1 / (size * size);
    for (let k = 0; k <= size / 2; k += 1) {
      this.#power[k] = ((real[k] as number) ** 2 + (imaginary[k] as number) ** 2) * scale;
    }
    return this.#power;
  }

  #butterflies(length: number): void {
    const [real, imaginary] = [this.#real, this.#imaginary];
    const half = length / 2;
    const step = this.size / length;
    for (let start = 0; start < this.size; start += length) {
      for (let k = 0; k < half; k += 1) {
        const [c, s] = [this.#cos[k * step] as number, this.#sin[k * step] as number];
        const [a, b] = [start + k, start + k + half];
        const re = (real[b] as number) * c - (imaginary[b] as number) * s;
        const im = (real[b] as number) * s + (imaginary[b] as number) * c;
        real[b] = (real[a] as number) - re;
        imaginary[b] = (imaginary[a] as number) - im;
        real[a] = (real[a] as number) + re;
        imaginary[a] = (imaginary[a] as number) + im;
      }
    }
  }
}
