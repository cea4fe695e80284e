import { SPEECH_RATE } from './downsampler.ts';

/** What levels are measured in: 20 ms. */
const FRAME = SPEECH_RATE / 50;
/** A frame this far below the loudest of the stretch counts as a pause. */
const PAUSE_DB = 35;
/** Shorter pauses (100 ms) are the closures of consonants, not the ends of words. */
const PAUSE_FRAMES = 5;

/** Mean square of each 20 ms. */
const powers = (pcm: Int16Array): Float64Array => {
  const out = new Float64Array(Math.floor(pcm.length / FRAME));
  for (let f = 0; f < out.length; f += 1) {
    let sum = 0;
    for (let i = f * FRAME; i < (f + 1) * FRAME; i += 1) sum += (pcm[i] as number) ** 2;
    out[f] = sum / FRAME;
  }
  return out;
};

/** Level of the loudest 20 ms in dB of full scale; -Infinity for silence. */
export const loudestDb = (pcm: Int16Array): number =>
  10 * Math.log10(powers(pcm).reduce((most, power) => Math.max(most, power), 0) / 32_768 ** 2);

/**
 * Where speech that has to be cut is cut: in the middle of its longest pause at or behind `from`; where nobody pauses, in the quietest
 * 100 ms. @returns a sample of `pcm` between `from` and its end. Pure.
 */
export const quietCut = (pcm: Int16Array, from: number): number => {
  const all = powers(pcm);
  const first = Math.min(Math.ceil(from / FRAME), Math.max(0, all.length - 1));
  const limit = all.reduce((most, power) => Math.max(most, power), 0) / 10 ** (PAUSE_DB / 10);
  let best = { at: first, frames: 0 };
  let quietest = { at: first, sum: Number.POSITIVE_INFINITY };
  let run = 0;
  for (let f = first; f < all.length; f += 1) {
    run = (all[f] as number) <= limit ? run + 1 : 0;
    if (run > best.frames) best = { at: f - run + 1, frames: run };
    if (f - first < PAUSE_FRAMES - 1) continue;
    let sum = 0;
    for (let k = f - PAUSE_FRAMES + 1; k <= f; k += 1) sum += all[k] as number;
    if (sum < quietest.sum) quietest = { at: f - PAUSE_FRAMES + 1, sum };
  }
  const place = best.frames >= PAUSE_FRAMES ? best : { at: quietest.at, frames: PAUSE_FRAMES };
  const cut = Math.round((place.at + place.frames / 2) * FRAME);
  return Math.min(Math.max(cut, from), pcm.length);
};
