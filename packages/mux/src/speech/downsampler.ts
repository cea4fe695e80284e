/** Of every so many samples at 48 kHz one is kept: 16 kHz, what recognizers take. */
export const SPEECH_DECIMATION = 3;
/** Samples a second of speech as recognizers take it. */
export const SPEECH_RATE = 16_000;

/** Taps on each side of the middle one. */
const HALF = 63;
/** Middle of the transition, Hz: what lies above 8 kHz would fold back, and speech has little above 7. */
const CUTOFF = 7400;
/** Shape of the Kaiser window: 70 dB in the stopband. */
const BETA = 6.8;

/** Modified Bessel function of the first kind and order zero, by its series. */
const bessel0 = (x: number): number => {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};

/** A windowed sinc with unity gain at 0 Hz. */
const designTaps = (): Float64Array => {
  const taps = Float64Array.from({ length: 2 * HALF + 1 }, (_, i) => {
    const n = i - HALF;
    const angle = (2 * Math.PI * CUTOFF * n) / 48_000;
    const sinc = n === 0 ? (2 * CUTOFF) / 48_000 : Math.sin(angle) / (Math.PI * n);
    return (sinc * bessel0(BETA * Math.sqrt(1 - (n / HALF) ** 2))) / bessel0(BETA);
  });
  const sum = taps.reduce((all, tap) => all + tap, 0);
  return taps.map((tap) => tap / sum);
};

const taps = designTaps();

/**
 * Makes 16 kHz of 48 kHz mono PCM, block by block, with a linear-phase low-pass whose delay is taken out: sample m of all output belongs
 * to sample 3m of all input. Beyond both ends it takes silence.
 */
export class Downsampler {
  /** The last input, beginning at input sample `#origin`. */
  #held = new Float64Array(HALF);
  #heldFrom = -HALF;
  #next = 0;

  /** @returns what is complete by now */
  push(pcm: Int16Array): Int16Array {
    const held = new Float64Array(this.#held.length + pcm.length);
    held.set(this.#held);
    held.set(pcm, this.#held.length);
    const end = this.#heldFrom + held.length;
    const count = Math.max(0, Math.floor((end - 1 - HALF) / SPEECH_DECIMATION) - this.#next + 1);
    const out = new Int16Array(count);
    for (let m = 0; m < count; m += 1) {
      const first = (this.#next + m) * SPEECH_DECIMATION - HALF - this.#heldFrom;
      let sum = 0;
      for (let k = 0; k < taps.length; k += 1) sum += (taps[k] as number) * (held[first + k] as number);
      out[m] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
    }
    this.#next += count;
    const keepFrom = this.#next * SPEECH_DECIMATION - HALF;
    this.#held = held.slice(keepFrom - this.#heldFrom);
    this.#heldFrom = keepFrom;
    return out;
  }

  /** The rest: as many samples as the input's length asks for. */
  finish(): Int16Array {
    return this.push(new Int16Array(HALF));
  }
}
