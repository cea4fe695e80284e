import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav } from '../../../scripts/lib/wav.ts';

/** Something a simulated voice can say: real speech, and its words. */
export interface Phrase {
  readonly name: string;
  readonly text: string;
  /** s16le mono at a rate of one's choice, Hz. */
  pcm(rate: number): Buffer;
}

const folder = join(import.meta.dirname, '../../fixtures/speech');
const clips = (
  JSON.parse(readFileSync(join(folder, 'speech.json'), 'utf8')) as { clips: readonly { name: string; text: string }[] }
).clips;

/** The speech of a WAV file as a phrase. */
export const phraseIn = (file: string, name: string, text: string): Phrase => {
  const made = new Map<number, Buffer>();
  return {
    name,
    text,
    pcm: (rate) => {
      const known = made.get(rate);
      if (known !== undefined) return known;
      const { samples, sampleRate } = readWav(readFileSync(file));
      const pcm = resampled(samples, sampleRate, rate);
      made.set(rate, pcm);
      return pcm;
    },
  };
};

/** Every phrase there is, in the order of the fixtures. */
export const phrases: readonly Phrase[] = clips.map(({ name, text }) =>
  phraseIn(join(folder, `${name}.wav`), name, text),
);

/** The phrase of a name (`ada-1` … `cleo-3`). @throws Error for another */
export const phraseNamed = (name: string): Phrase => {
  const phrase = phrases.find((one) => one.name === name);
  if (phrase === undefined) throw new Error(`there is no phrase ${name}`);
  return phrase;
};

/** A phrase that is a tone, for ears that measure: `hz` for `ms`, at a quarter of full scale. */
export const tonePhrase = (hz: number, ms: number, text = 'tone'): Phrase => ({
  name: `tone-${hz}`,
  text,
  pcm: (rate) => {
    const pcm = Buffer.alloc(Math.round((rate * ms) / 1000) * 2);
    for (let at = 0; at < pcm.length / 2; at += 1) {
      pcm.writeInt16LE(Math.round(8_192 * Math.sin((2 * Math.PI * hz * at) / rate)), at * 2);
    }
    return pcm;
  },
});

/** Pieces of `ms` each, the last one shorter. */
export const piecesOf = (pcm: Buffer, rate: number, ms: number): Buffer[] => {
  const size = Math.round((rate * ms) / 1000) * 2;
  const pieces: Buffer[] = [];
  for (let at = 0; at < pcm.length; at += size) pieces.push(pcm.subarray(at, at + size));
  return pieces;
};

/** Linear interpolation: speech of 16 kHz fixtures loses nothing that a recognizer needs. */
const resampled = (samples: Int16Array, from: number, to: number): Buffer => {
  const count = Math.floor((samples.length * to) / from);
  const pcm = Buffer.alloc(count * 2);
  for (let at = 0; at < count; at += 1) {
    const place = (at * from) / to;
    const left = Math.floor(place);
    const [a, b] = [samples[left] ?? 0, samples[left + 1] ?? samples[left] ?? 0];
    pcm.writeInt16LE(Math.round(a + (b - a) * (place - left)), at * 2);
  }
  return pcm;
};
