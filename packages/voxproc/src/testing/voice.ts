import { seededRandom } from './packet-stream.ts';

const RATE = 48_000;

/** A two-pole resonance of `hz`. */
const resonance = (hz: number, bandwidth: number) => {
  const radius = Math.exp((-Math.PI * bandwidth) / RATE);
  const turn = 2 * radius * Math.cos((2 * Math.PI * hz) / RATE);
  let [last, before] = [0, 0];
  return (input: number): number => {
    const output = input + turn * last - radius * radius * before;
    before = last;
    last = output;
    return output;
  };
};

/**
 * Something like speech, 48 kHz mono, floats of ±1, no two seeds alike: syllables of pulses at a voice's pitch or of hiss, through
 * formants, with pauses between words.
 */
export const babble = (seed: number, pitchHz: number, seconds: number): Float32Array => {
  const random = seededRandom(seed);
  const samples = new Float32Array(Math.round(seconds * RATE));
  let phase = 0;
  for (let at = 0; at < samples.length; ) {
    const length = Math.round((0.08 + 0.14 * random()) * RATE);
    const hiss = random() < 0.25;
    const pitch = pitchHz * (0.8 + 0.5 * random());
    const glide = (random() - 0.5) * 0.4;
    const formants = [300 + 500 * random(), 900 + 1_300 * random(), 2_300 + 900 * random()].map((hz) =>
      resonance(hz, 60 + 80 * random()),
    );
    for (let index = 0; index < length && at + index < samples.length; index += 1) {
      const through = index / length;
      phase += (pitch * (1 + glide * through)) / RATE;
      const pulse = phase >= 1 ? 1 : 0;
      phase -= pulse;
      const source = hiss ? (random() - 0.5) * 0.1 : pulse + (random() - 0.5) * 0.01;
      const voiced = formants.reduce((sum, formant) => sum + formant(source), 0);
      samples[at + index] = voiced * Math.sin(Math.PI * through);
    }
    at += length + (random() < 0.2 ? Math.round(0.12 * RATE * random()) : 0);
  }
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  return samples.map((sample) => (sample / peak) * 0.7);
};

/** The same sound after a room: some first reflections and a tail, `delayMs` late, `gain` as loud. */
export const throughRoom = (
  samples: Float32Array,
  { seed, delayMs, gain }: { readonly seed: number; readonly delayMs: number; readonly gain: number },
): Float32Array => {
  const random = seededRandom(seed);
  const taps: [at: number, size: number][] = [[0, 1]];
  for (let index = 0; index < 40; index += 1) {
    const ms = 0.3 + 80 * random() ** 2;
    taps.push([Math.round(ms * 48), (random() - 0.5) * 0.7 * Math.exp(-ms / 25)]);
  }
  const shift = Math.round(delayMs * 48);
  const out = new Float32Array(samples.length);
  for (const [late, size] of taps) {
    for (let at = shift + late; at < out.length; at += 1) {
      out[at] = (out[at] as number) + gain * size * (samples[at - shift - late] as number);
    }
  }
  return out;
};
