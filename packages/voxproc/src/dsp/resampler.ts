import { MAX_PHASES, type SincKernel, sincKernel } from './sinc-kernel.ts';

/** Kernels are the same for everybody who converts between the same rates. */
const kernels = new Map<string, SincKernel>();
/** Kernels kept: the rates of a session are few. */
const MAX_KERNELS = 16;

const kernelOf = (from: number, to: number, phases: number): SincKernel => {
  const key = `${from} ${to}`;
  const kernel = kernels.get(key) ?? sincKernel(from, to, phases);
  if (kernels.size >= MAX_KERNELS) kernels.clear();
  kernels.set(key, kernel);
  return kernel;
};

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/**
 * Converts one stream of mono samples from one rate to another: a polyphase windowed sinc. Output sample `k` stands at the very instant
 * `k / to` of the input, so nothing is shifted: what a sample needs of the input after it (`delaySamples`) is waited for. The same input
 * gives the same output bit for bit however it is cut into pieces. Aliases are 70 dB down, the pass band is flat to 0.5 dB up to 0.4 of
 * the lower rate.
 */
export class Resampler {
  readonly from: number;
  readonly to: number;
  /** Input samples that must have come after an instant before its output is given. */
  readonly delaySamples: number;
  /** `from / to` as a fraction in lowest terms: input steps for each `#up` of output. */
  readonly #down: number;
  readonly #up: number;
  /** Null when both rates are the same. */
  readonly #kernel: SincKernel | null;
  #input: Float32Array;
  /** Samples in `#input`; its first one stands `half − 1` before the next output's. */
  #filled = 0;
  #at = 0;
  #phase = 0;
  #output = new Float32Array(0);
  #taken = 0;
  #given = 0;

  /** Rates in Hz, whole numbers. */
  constructor({ from, to }: { readonly from: number; readonly to: number }) {
    const divisor = gcd(from, to);
    this.from = from;
    this.to = to;
    this.#down = from / divisor;
    this.#up = to / divisor;
    this.#kernel = from === to ? null : kernelOf(from, to, Math.min(this.#up, MAX_PHASES));
    this.delaySamples = this.#kernel?.half ?? 0;
    this.#input = new Float32Array(4 * this.delaySamples + Math.ceil(from / 25));
    this.reset();
  }

  /**
   * Takes the next samples.
   * @returns what can be told by now, a view that the next call overwrites
   */
  push(samples: Float32Array): Float32Array {
    this.#taken += samples.length;
    const kernel = this.#kernel;
    if (kernel === null) return this.#copy(samples);
    this.#append(samples);
    return this.#convert(kernel, Number.POSITIVE_INFINITY);
  }

  /**
   * Ends the stream: what still waited for input, taking silence for what would follow. In all `⌈input × to / from⌉` samples come out.
   * The next push begins a new stream. @returns a view that the next call overwrites
   */
  flush(): Float32Array {
    const kernel = this.#kernel;
    const left = Math.ceil((this.#taken * this.#up) / this.#down) - this.#given;
    if (kernel === null || left <= 0) {
      this.reset();
      return this.#output.subarray(0, 0);
    }
    this.#append(new Float32Array(kernel.half + 1));
    const rest = this.#convert(kernel, left);
    this.reset();
    return rest;
  }

  /** Begins a new stream, forgetting the one before. */
  reset(): void {
    this.#taken = 0;
    this.#given = 0;
    this.#at = 0;
    this.#phase = 0;
    this.#filled = Math.max(0, this.delaySamples - 1);
    this.#input.fill(0, 0, this.#filled);
  }

  #append(samples: Float32Array): void {
    if (this.#at > 0) {
      this.#input.copyWithin(0, this.#at, this.#filled);
      this.#filled -= this.#at;
      this.#at = 0;
    }
    const needed = this.#filled + samples.length;
    if (needed > this.#input.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#input.length));
      larger.set(this.#input.subarray(0, this.#filled));
      this.#input = larger;
    }
    this.#input.set(samples, this.#filled);
    this.#filled = needed;
  }

  #convert(kernel: SincKernel, most: number): Float32Array {
    const { taps } = kernel;
    const output = this.#room(Math.ceil(((this.#filled - this.#at) * this.#up) / this.#down) + 1);
    let count = 0;
    while (count < most && this.#at + taps <= this.#filled) {
      output[count] = kernel.phases === this.#up ? this.#exact(kernel) : this.#between(kernel);
      count += 1;
      const ahead = this.#phase + this.#down;
      this.#at += Math.floor(ahead / this.#up);
      this.#phase = ahead % this.#up;
    }
    this.#given += count;
    return output.subarray(0, count);
  }

  /** The output at a phase the table holds. */
  #exact({ taps, table }: SincKernel): number {
    const input = this.#input;
    const at = this.#at;
    const row = this.#phase * taps;
    // Four sums at once: one alone would make each addition wait for the one before.
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let index = 0; index < taps; index += 4) {
      a += (input[at + index] as number) * (table[row + index] as number);
      b += (input[at + index + 1] as number) * (table[row + index + 1] as number);
      c += (input[at + index + 2] as number) * (table[row + index + 2] as number);
      d += (input[at + index + 3] as number) * (table[row + index + 3] as number);
    }
    return a + b + (c + d);
  }

  /** The output at a phase between two of the table. */
  #between({ taps, table, phases }: SincKernel): number {
    const input = this.#input;
    const at = this.#at;
    const place = (this.#phase / this.#up) * phases;
    const row = Math.floor(place) * taps;
    const share = place - Math.floor(place);
    let sum = 0;
    for (let index = 0; index < taps; index += 1) {
      const low = table[row + index] as number;
      const high = table[row + taps + index] as number;
      sum += (input[at + index] as number) * (low + share * (high - low));
    }
    return sum;
  }

  #copy(samples: Float32Array): Float32Array {
    const output = this.#room(samples.length);
    output.set(samples);
    this.#given += samples.length;
    return output.subarray(0, samples.length);
  }

  #room(samples: number): Float32Array {
    if (this.#output.length < samples) this.#output = new Float32Array(samples + (samples >> 1));
    return this.#output;
  }
}
