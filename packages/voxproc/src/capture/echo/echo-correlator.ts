import { Fft } from '../../dsp/fft.ts';
import { ECHO_RATE } from './echo-reference.ts';

/** Speech that is compared at once at most, samples (512 ms), and lags looked at, samples (1 s). */
export const ECHO_WINDOW = 4_096;
export const ECHO_LAGS = 8_192;
const SIZE = 16_384;
/** Below this mean square nothing is said, and nothing is compared (−75 dBFS). */
const QUIET = 3e-8;
/** First difference that lifts what speech has little of. */
const EMPHASIS = 0.9;
/** Half width over which spectra are flattened, in bins (200 Hz): formants and rooms go, the voice stays. */
const FLATTEN_BINS = Math.round((200 * SIZE) / ECHO_RATE);
/** What reflects at once belongs to the same echo: lags before and after, samples (0.75 ms and 0.4 ms). */
const BEFORE = 6;
const AFTER = 3;
/** Where the reference is next to silent nothing is an echo of it: share of its mean energy that counts everywhere. */
const FLOOR = 0.05;

/**
 * Looks for one piece of sound in another, whatever room it came through: cross-correlation of the flattened spectra, so that a voice
 * counts and its colour does not, summed over the first reflections, less what chance gives. Its buffers are used again: one at a time.
 */
export class EchoCorrelator {
  readonly #fft = new Fft(SIZE);
  readonly #re = new Float64Array(SIZE);
  readonly #im = new Float64Array(SIZE);
  readonly #x = spectrum();
  readonly #y = spectrum();
  readonly #sums = new Float64Array(SIZE + 1);
  readonly #matches = new Float64Array(ECHO_LAGS + 2);

  /**
   * How much of `heard` is in `played`, 0–1, at any lag.
   * @param heard at most `ECHO_WINDOW` samples at `ECHO_RATE`
   * @param played `heard.length + ECHO_LAGS` samples: what may have been heard, the newest last
   */
  correlation(heard: Float32Array, played: Float32Array): number {
    if (meanSquare(heard) < QUIET || meanSquare(played) < QUIET) return 0;
    emphasize(heard, this.#re);
    emphasize(played, this.#im);
    // Two real signals go through one transform: one as its real part, the other as its imaginary part.
    this.#fft.forward(this.#re, this.#im);
    this.#separate();
    const heardEnergy = this.#flatten(this.#x) / SIZE;
    this.#flatten(this.#y);
    this.#multiply();
    this.#fft.inverse(this.#re, this.#im);
    return this.#best(heard.length, heardEnergy);
  }

  #separate(): void {
    for (let k = 0; k < SIZE; k += 1) {
      const mirror = (SIZE - k) % SIZE;
      const [a, b] = [this.#re[k] as number, this.#im[k] as number];
      const [c, d] = [this.#re[mirror] as number, this.#im[mirror] as number];
      this.#x.re[k] = (a + c) / 2;
      this.#x.im[k] = (b - d) / 2;
      this.#y.re[k] = (b + d) / 2;
      this.#y.im[k] = (c - a) / 2;
    }
  }

  /** Divides a spectrum by its own envelope. @returns the energy left */
  #flatten({ re, im }: Spectrum): number {
    const sums = this.#sums;
    for (let k = 0; k < SIZE; k += 1) {
      sums[k + 1] = (sums[k] as number) + (re[k] as number) ** 2 + (im[k] as number) ** 2;
    }
    const least = ((sums[SIZE] as number) / SIZE) * 1e-3 + Number.MIN_VALUE;
    let energy = 0;
    for (let k = 0; k < SIZE; k += 1) {
      const from = Math.max(0, k - FLATTEN_BINS);
      const to = Math.min(SIZE, k + FLATTEN_BINS + 1);
      const envelope = ((sums[to] as number) - (sums[from] as number)) / (to - from) + least;
      const gain = 1 / Math.sqrt(envelope);
      re[k] = (re[k] as number) * gain;
      im[k] = (im[k] as number) * gain;
      energy += (re[k] as number) ** 2 + (im[k] as number) ** 2;
    }
    return energy;
  }

  /** What goes back: the cross spectrum for the real part, the played one for the imaginary part. */
  #multiply(): void {
    for (let k = 0; k < SIZE; k += 1) {
      const [a, b] = [this.#x.re[k] as number, this.#x.im[k] as number];
      const [c, d] = [this.#y.re[k] as number, this.#y.im[k] as number];
      this.#re[k] = c * a + d * b - d;
      this.#im[k] = d * a - c * b + c;
    }
  }

  #best(window: number, heardEnergy: number): number {
    const sums = this.#sums;
    for (let at = 0; at < SIZE; at += 1) sums[at + 1] = (sums[at] as number) + (this.#im[at] as number) ** 2;
    const length = window + ECHO_LAGS;
    const floor = ((sums[length] as number) / length) * window * FLOOR;
    const matches = this.#matches;
    for (let lag = 0; lag <= ECHO_LAGS; lag += 1) {
      const playedEnergy = (sums[lag + window] as number) - (sums[lag] as number) + floor;
      matches[lag + 1] = (matches[lag] as number) + (this.#re[lag] as number) ** 2 / (heardEnergy * playedEnergy);
    }
    let best = 0;
    for (let lag = 0; lag <= ECHO_LAGS; lag += 1) {
      const from = Math.max(0, lag - BEFORE);
      const to = Math.min(ECHO_LAGS + 1, lag + AFTER);
      best = Math.max(best, (matches[to] as number) - (matches[from] as number));
    }
    const chance = ((matches[ECHO_LAGS + 1] as number) / ECHO_LAGS) * (BEFORE + AFTER);
    return Math.sqrt(Math.min(1, Math.max(0, best - chance)));
  }
}

interface Spectrum {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const spectrum = (): Spectrum => ({ re: new Float64Array(SIZE), im: new Float64Array(SIZE) });

const meanSquare = (samples: Float32Array): number => {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index] as number) ** 2;
  return sum / Math.max(1, samples.length);
};

const emphasize = (samples: Float32Array, into: Float64Array): void => {
  let before = samples[0] ?? 0;
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] as number;
    into[index] = sample - EMPHASIS * before;
    before = sample;
  }
  into.fill(0, samples.length);
};
