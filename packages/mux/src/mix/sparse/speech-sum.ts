import { FLOAT_OF_DECODED } from '../decoder-gain.ts';

/**
 * Below this share of what both channels have in common, what they differ in is the coding noise of something that stands in the middle:
 * it moves neither channel by 0.5 dB.
 */
const NARROW = 1 / 20;
/** The same for what is hardly heard at all, -54 dBFS, of decoded 16-bit samples: encoders are coarse there. */
const FAINT = 32;

/** Everybody's PCM of a stretch, added; both what the channels have in common and what they differ in. 1 = full scale. */
export class SpeechSum {
  /** (left + right) / 2. */
  readonly #middle: Float32Array;
  /** (left - right) / 2; zeros unless `#sided`, empty until somebody is stereo. */
  #side: Float32Array = new Float32Array(0);
  #stereo: Float32Array = new Float32Array(0);
  #samples = 0;
  #origin = 0;
  #sided = false;
  #wide = false;

  /** @param capacity samples of the longest stretch */
  constructor(capacity: number) {
    this.#middle = new Float32Array(capacity);
  }

  /** Begins a new stretch of `samples` whose first one has granule `origin`. */
  begin(origin: number, samples: number): void {
    this.#middle.fill(0, 0, samples);
    if (this.#sided) this.#side.fill(0);
    this.#origin = origin;
    this.#samples = samples;
    this.#sided = false;
    this.#wide = false;
  }

  /**
   * Adds the samples `[first, last)` of decoded PCM that begins at a granule; what lies outside of the stretch is left out.
   * @returns the largest magnitude of what was added, as it was decoded
   */
  add(pcm: Int16Array, channels: 1 | 2, granule: number, first: number, last: number): number {
    const at = granule - this.#origin;
    const from = Math.max(first, -at);
    const to = Math.min(last, this.#samples - at);
    if (to <= from) return 0;
    return channels === 1 ? this.#addMiddle(pcm, at, from, to) : this.#addBoth(pcm, at, from, to);
  }

  /**
   * The sum: one channel where everything stands in the middle, else two, interleaved. Good until the next stretch begins.
   */
  pcm(): { readonly channels: 1 | 2; readonly samples: Float32Array } {
    const middle = this.#middle.subarray(0, this.#samples);
    if (!this.#wide) return { channels: 1, samples: middle };
    if (this.#stereo.length === 0) this.#stereo = new Float32Array(2 * this.#middle.length);
    const stereo = this.#stereo.subarray(0, 2 * this.#samples);
    for (let i = 0; i < middle.length; i += 1) {
      const common = middle[i] as number;
      const apart = this.#side[i] as number;
      stereo[2 * i] = common + apart;
      stereo[2 * i + 1] = common - apart;
    }
    return { channels: 2, samples: stereo };
  }

  #addMiddle(pcm: Int16Array, at: number, from: number, to: number): number {
    const middle = this.#middle;
    let peak = 0;
    for (let i = from, target = at + from; i < to; i += 1, target += 1) {
      const sample = pcm[i] as number;
      const magnitude = sample < 0 ? -sample : sample;
      if (magnitude > peak) peak = magnitude;
      middle[target] = (middle[target] as number) + sample * FLOAT_OF_DECODED;
    }
    return peak;
  }

  #addBoth(pcm: Int16Array, at: number, from: number, to: number): number {
    if (this.#side.length === 0) this.#side = new Float32Array(this.#middle.length);
    const middle = this.#middle;
    const side = this.#side;
    let most = 0;
    let apart = 0;
    let peak = 0;
    for (let i = 2 * from, target = at + from; i < 2 * to; i += 2, target += 1) {
      const left = pcm[i] as number;
      const right = pcm[i + 1] as number;
      const common = left + right;
      const difference = left - right;
      const inBoth = common < 0 ? -common : common;
      const inOne = difference < 0 ? -difference : difference;
      if (inBoth > most) most = inBoth;
      if (inOne > apart) apart = inOne;
      // Twice the louder channel.
      if (inBoth + inOne > peak) peak = inBoth + inOne;
      middle[target] = (middle[target] as number) + common * (FLOAT_OF_DECODED / 2);
      side[target] = (side[target] as number) + difference * (FLOAT_OF_DECODED / 2);
    }
    this.#sided ||= apart > 0;
    this.#wide ||= apart > 2 * FAINT && apart > most * NARROW;
    return peak / 2;
  }
}
