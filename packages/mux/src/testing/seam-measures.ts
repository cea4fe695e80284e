import { PowerSpectrum } from './seam-fft.ts';

const SAMPLE_RATE = 48_000;
/** 5 ms. */
export const SLOT_SAMPLES = 240;
/** The level of the speech around a place is that of eight frames to both sides. */
const LEVEL_REACH = 8 * 960;

/** Edges in Hz of 19 bands, each about as wide as the ear resolves. */
const bandEdges = [
  0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 2000, 2400, 2800, 3200, 4000, 4800, 5600, 6800, 8000, 9600, 12_000,
] as const;
const BANDS = bandEdges.length - 1;
/** How much of a band masks its upper neighbour, and its lower one. */
const spread = { up: 10 ** -1, down: 10 ** -2.5 } as const;
/** What is masked lies this far below what masks. */
const MASK = 10 ** -0.6;
/** Power of a band that is not heard in silence: about -85 dBFS. */
const THRESHOLD = 10 ** -8.5 / 4;
const WORST_BANDS = 3;

const powerOf = (pcm: Float32Array, from: number, to: number): number => {
  let sum = 0;
  for (let i = Math.max(0, from); i < Math.min(pcm.length, to); i += 1) sum += (pcm[i] as number) ** 2;
  return sum / (to - from);
};

const decibels = (power: number): number => 10 * Math.log10(Math.max(power, 1e-12));

/** Error of `slots` 5 ms slots from `at` on, in dB relative to the level of `wanted` around. `shift` moves the first slot. */
export const slotErrors = (wanted: Float32Array, got: Float32Array, at: number, slots: number): number[] => {
  const level = powerOf(wanted, at - LEVEL_REACH, at + LEVEL_REACH);
  const error = wanted.subarray(at, at + slots * SLOT_SAMPLES).map((value, i) => (got[at + i] ?? 0) - value);
  return Array.from({ length: slots }, (_, slot) =>
    decibels(powerOf(error, slot * SLOT_SAMPLES, (slot + 1) * SLOT_SAMPLES) / Math.max(level, 1e-9)),
  );
};

const spectrum20 = new PowerSpectrum(1024);
const spectrum5 = new PowerSpectrum(256);

const bandPowers = (spectrum: PowerSpectrum, pcm: Float32Array, from: number): Float64Array => {
  const power = spectrum.of(pcm, from);
  const bands = new Float64Array(BANDS);
  const width = SAMPLE_RATE / spectrum.size;
  let band = 0;
  for (let k = 0; k < power.length; k += 1) {
    while (band < BANDS && k * width >= (bandEdges[band + 1] as number)) band += 1;
    if (band === BANDS) break;
    bands[band] = (bands[band] as number) + (power[k] as number);
  }
  return bands;
};

/** What each band of `wanted` can hide. */
const maskOf = (bands: Float64Array): Float64Array => {
  const mask = Float64Array.from(bands);
  for (let i = 1; i < BANDS; i += 1) mask[i] = Math.max(mask[i] as number, (mask[i - 1] as number) * spread.up);
  for (let i = BANDS - 2; i >= 0; i -= 1) mask[i] = Math.max(mask[i] as number, (mask[i + 1] as number) * spread.down);
  return mask.map((value) => value * MASK + THRESHOLD);
};

/** The error's power above what the speech masks, in the 20 ms around `at`: mean of the three worst of 19 bands, in dB. */
export const noiseToMask = (wanted: Float32Array, got: Float32Array, at: number): number => {
  const from = Math.round(at) - spectrum20.size / 2;
  const error = Float32Array.from(
    { length: spectrum20.size },
    (_, i) => (got[from + i] ?? 0) - (wanted[from + i] ?? 0),
  );
  const mask = maskOf(bandPowers(spectrum20, wanted, from));
  const ratios = [...bandPowers(spectrum20, error, 0)].map((power, i) => decibels(power / (mask[i] as number)));
  const worst = ratios.toSorted((a, b) => b - a).slice(0, WORST_BANDS);
  return worst.reduce((sum, value) => sum + value, 0) / WORST_BANDS;
};

/** The worst noise-to-mask ratio from 10 ms before `at` to 40 ms after it. */
export const seamNoiseToMask = (wanted: Float32Array, got: Float32Array, at: number): number =>
  Math.max(...[-480, 0, 480, 960, 1440, 1920].map((shift) => noiseToMask(wanted, got, at + shift)));

const FLUX_HOP = 120;
/** Powers below this (about -70 dBFS) make no onset. */
const FLUX_FLOOR = 10 ** -7 / 4;

const onset = (pcm: Float32Array, at: number): number => {
  const [before, now] = [at - 3 * FLUX_HOP, at].map((from) =>
    bandPowers(spectrum5, pcm, from - spectrum5.size / 2).map((power) => decibels(power + FLUX_FLOOR)),
  ) as [Float64Array, Float64Array];
  let sum = 0;
  for (let i = 0; i < BANDS; i += 1) sum += Math.max(0, (now[i] as number) - (before[i] as number));
  return sum / BANDS;
};

/**
 * How much more suddenly `got` sets in than `wanted` anywhere within 20 ms of `at`: dB, mean over the bands. A click gives several,
 * the noise of an encoder less than one.
 */
export const extraOnset = (wanted: Float32Array, got: Float32Array, at: number): number => {
  let most = 0;
  for (let hop = -8; hop <= 16; hop += 1) {
    const place = at + hop * FLUX_HOP;
    most = Math.max(most, onset(got, place) - onset(wanted, place));
  }
  return most;
};

/** The value below which `share` of `values` lie. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
