/** An in-place complex fast Fourier transform of one size: radix 2, its tables made once. */
export class Fft {
  /** A power of two. */
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint32Array;

  /** @throws RangeError when `size` is no power of two above 1 */
  constructor(size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) throw new RangeError(`Fft: ${size} is no power of two above 1`);
    this.size = size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / size));
    this.#reversed = new Uint32Array(size);
    for (let index = 1; index < size; index += 1) {
      this.#reversed[index] = ((this.#reversed[index >> 1] as number) >> 1) | (index & 1 ? size >> 1 : 0);
    }
  }

  /** Transforms `re + i·im`, both `size` long, to frequency: Σ x[n]·e^(−2πikn/size). */
  forward(re: Float64Array, im: Float64Array): void {
    const { size } = this;
    for (let index = 0; index < size; index += 1) {
      const other = this.#reversed[index] as number;
      if (other > index) {
        swap(re, index, other);
        swap(im, index, other);
      }
    }
    for (let half = 1; half < size; half *= 2) this.#stage(re, im, half);
  }

  /** The way back, divided by `size`. */
  inverse(re: Float64Array, im: Float64Array): void {
    this.forward(im, re);
    for (let index = 0; index < this.size; index += 1) {
      re[index] = (re[index] as number) / this.size;
      im[index] = (im[index] as number) / this.size;
    }
  }

  #stage(re: Float64Array, im: Float64Array, half: number): void {
    const step = this.size / (2 * half);
    for (let block = 0; block < this.size; block += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const cos = this.#cos[k * step] as number;
        const sin = this.#sin[k * step] as number;
        const a = block + k;
        const b = a + half;
        const x = re[b] as number;
        const y = im[b] as number;
        const turnedRe = x * cos + y * sin;
        const turnedIm = y * cos - x * sin;
        re[b] = (re[a] as number) - turnedRe;
        im[b] = (im[a] as number) - turnedIm;
        re[a] = (re[a] as number) + turnedRe;
        im[a] = (im[a] as number) + turnedIm;
      }
    }
  }
}

const swap = (values: Float64Array, a: number, b: number): void => {
  const held = values[a] as number;
  values[a] = values[b] as number;
  values[b] = held;
};
