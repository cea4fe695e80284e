import { PEAKS_MS_PER_POINT } from '../formats/peaks.ts';
import { SAMPLE_RATE } from '../formats/recording-layout.ts';

/** Samples at 48 kHz that one point stands for. */
export const POINT_SAMPLES: number = (PEAKS_MS_PER_POINT * SAMPLE_RATE) / 1000;

/** Largest |sample| of 16 bits. */
const FULL_SCALE = 32_768;

/** The peak level of every point of a recording: one byte each, however long it is. */
export class LevelLine {
  readonly #peaks: Uint16Array;
  readonly #fullScale: number;

  /**
   * @param durationSamples length of the recording at 48 kHz
   * @param gainDb what the samples were decoded with
   */
  constructor(durationSamples: number, gainDb = 0) {
    this.#peaks = new Uint16Array(Math.ceil(durationSamples / POINT_SAMPLES));
    this.#fullScale = FULL_SCALE * 10 ** (gainDb / 20);
  }

  /**
   * Takes samples that begin at `position` of the recording; what lies outside of it is passed over.
   * @param pcm interleaved 16-bit samples of `channels` channels
   */
  take(pcm: Int16Array, channels: 1 | 2, position: number): void {
    const end = position + pcm.length / channels;
    let at = Math.max(0, position);
    while (at < end) {
      const point = Math.floor(at / POINT_SAMPLES);
      if (point >= this.#peaks.length) return;
      const until = Math.min(end, (point + 1) * POINT_SAMPLES);
      const peak = peakOf(pcm, (at - position) * channels, (until - position) * channels);
      this.raise(point, peak);
      at = until;
    }
  }

  /** Raises a point to a peak of 16-bit samples. */
  raise(point: number, peak: number): void {
    if (peak > (this.#peaks[point] as number)) this.#peaks[point] = peak;
  }

  /** 0 to 255 for each point. */
  levels(): Uint8Array {
    return Uint8Array.from(this.#peaks, (peak) => Math.min(255, Math.round((peak * 255) / this.#fullScale)));
  }
}

const peakOf = (pcm: Int16Array, from: number, to: number): number => {
  let [low, high] = [0, 0];
  for (let i = from; i < to; i += 1) {
    const sample = pcm[i] as number;
    if (sample > high) high = sample;
    else if (sample < low) low = sample;
  }
  return Math.max(high, -low);
};
