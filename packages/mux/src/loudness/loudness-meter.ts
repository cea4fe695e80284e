import { KWeighting } from './k-weighting.ts';
import { TruePeak } from './true-peak.ts';

/** Frames of a step of 100 ms: gating blocks (400 ms) and short-term windows (3 s) advance by it. */
export const STEP_FRAMES = 4800;
const GATING_STEPS = 4;
const SHORT_TERM_STEPS = 30;

/** EBU R128 of a programme: LUFS, LU, dBTP. Values of silence are `SILENT_LUFS`. */
export interface Loudness {
  readonly integrated: number;
  readonly range: number;
  readonly truePeak: number;
}

/** What stands for "no signal": JSON has no infinity. */
export const SILENT_LUFS = -120;

const toLufs = (power: number): number => (power > 0 ? -0.691 + 10 * Math.log10(power) : Number.NEGATIVE_INFINITY);
const toPower = (lufs: number): number => 10 ** ((lufs + 0.691) / 10);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Powers above -70 LUFS and above the relative gate below their mean (BS.1770-4 §5, EBU Tech 3342 §4). */
const gated = (powers: readonly number[], relativeGate: number): number[] => {
  const loud = powers.filter((power) => toLufs(power) > -70);
  if (loud.length === 0) return [];
  const gate = toPower(toLufs(mean(loud)) + relativeGate);
  return loud.filter((power) => power > gate);
};

const slidingMeans = (steps: readonly number[], width: number): number[] => {
  const means: number[] = [];
  for (let end = width; end <= steps.length; end += 1) {
    let sum = 0;
    for (let step = end - width; step < end; step += 1) sum += steps[step] as number;
    means.push(sum / width);
  }
  return means;
};

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.round((sorted.length - 1) * share))] as number;

const rangeOf = (steps: readonly number[]): number => {
  const sorted = gated(slidingMeans(steps, SHORT_TERM_STEPS), -20)
    .map(toLufs)
    .toSorted((a, b) => a - b);
  return sorted.length === 0 ? 0 : percentile(sorted, 0.95) - percentile(sorted, 0.1);
};

const rounded = (value: number): number => (value < SILENT_LUFS ? SILENT_LUFS : Math.round(value * 100) / 100);

/**
 * The measures of a programme from its parts: K-weighted powers of each 100 ms (both channels added), and the true peak (1 = full
 * scale). Pure.
 */
export const loudnessOf = (powers: readonly number[], peak: number): Loudness => {
  const blocks = gated(slidingMeans(powers, GATING_STEPS), -10);
  return {
    integrated: blocks.length === 0 ? SILENT_LUFS : rounded(toLufs(mean(blocks))),
    range: rounded(rangeOf(powers)),
    truePeak: rounded(20 * Math.log10(peak)),
  };
};

/**
 * Measures interleaved stereo at 48 kHz: integrated loudness (ITU-R BS.1770-4), loudness range (EBU Tech 3342), true peak. Keeps
 * eight bytes for every 100 ms.
 */
export class LoudnessMeter {
  readonly #step = new Float32Array(STEP_FRAMES * 2);
  #filled = 0;
  readonly #powers: number[] = [];
  readonly #left = { weighting: new KWeighting(), peak: new TruePeak() };
  readonly #right = { weighting: new KWeighting(), peak: new TruePeak() };
  #frames = 0;

  /** Frames taken so far. */
  get frames(): number {
    return this.#frames;
  }

  /**
   * Takes any number of interleaved samples; a frame may be split over two calls.
   * @param scale what they are multiplied with, so that 1 is full scale
   */
  take(samples: Float32Array | Int16Array, scale = 1): void {
    const step = this.#step;
    for (let at = 0; at < samples.length; ) {
      const end = Math.min(samples.length, at + step.length - this.#filled);
      let filled = this.#filled;
      for (; at < end; at += 1, filled += 1) step[filled] = (samples[at] as number) * scale;
      this.#filled = filled;
      if (filled === step.length) this.#measure();
    }
  }

  /** The measures of everything taken. */
  result(): Loudness {
    if (this.#filled > 0) {
      this.#step.fill(0, this.#filled);
      this.#frames -= (this.#step.length - this.#filled) / 2;
      this.#measure();
    }
    return loudnessOf(this.#powers, Math.max(this.#left.peak.peak, this.#right.peak.peak));
  }

  #measure(): void {
    const step = this.#step;
    const size = step.length;
    const energy = this.#left.weighting.energy(step, 0, size, 2) + this.#right.weighting.energy(step, 1, size, 2);
    this.#powers.push(energy / STEP_FRAMES);
    this.#left.peak.take(step, 0, size, 2);
    this.#right.peak.take(step, 1, size, 2);
    this.#frames += STEP_FRAMES;
    this.#filled = 0;
  }
}
