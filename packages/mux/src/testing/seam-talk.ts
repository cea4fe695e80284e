import { Encoder } from '@evan/opus';
import { seededRandom } from './tones.ts';

const SAMPLE_RATE = 48_000;
const FRAME_SAMPLES = 960;

/** Formants in Hz of a few vowels, with their bandwidths. */
const vowels = [
  [730, 1090, 2440, 3400],
  [270, 2290, 3010, 3700],
  [300, 870, 2240, 3300],
  [530, 1840, 2480, 3500],
  [570, 840, 2410, 3300],
] as const;
const bandwidths = [80, 100, 140, 200] as const;

/** A two-pole resonator whose frequency may change while it rings. */
class Resonator {
  #y1 = 0;
  #y2 = 0;
  #a1 = 0;
  #a2 = 0;
  #gain = 0;

  tune(frequency: number, bandwidth: number): void {
    const radius = Math.exp((-Math.PI * bandwidth) / SAMPLE_RATE);
    this.#a1 = 2 * radius * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE);
    this.#a2 = -radius * radius;
    this.#gain = 1 - radius;
  }

  next(input: number): number {
    const y = this.#gain * input + this.#a1 * this.#y1 + this.#a2 * this.#y2;
    this.#y2 = this.#y1;
    this.#y1 = y;
    return y;
  }
}

/**
 * Something like speech: pulses of a wandering pitch through the formants of changing vowels, hissing consonants up to 16 kHz between
 * them, a little room noise. Begins and ends softly, as microphones with a gate do; peak near `levelDb`.
 */
export const speechLike = (pitch: number, levelDb: number, samples: number, seed: number): Float32Array => {
  const random = seededRandom(seed);
  const formants = bandwidths.map(() => new Resonator());
  const out = new Float32Array(samples);
  let [phase, pulse, hiss, syllableEnd, syllableStart] = [0, 0, 0, 0, 0];
  let voiced = true;
  let bend = 1;
  for (let i = 0; i < samples; i += 1) {
    if (i >= syllableEnd) {
      syllableStart = i;
      voiced = random() > 0.3;
      syllableEnd = i + Math.round(SAMPLE_RATE * (voiced ? 0.1 + 0.18 * random() : 0.04 + 0.08 * random()));
      bend = 0.85 + 0.4 * random();
      const vowel = vowels[Math.floor(random() * vowels.length)] as (typeof vowels)[number];
      for (const [f, formant] of formants.entries()) formant.tune(vowel[f] as number, bandwidths[f] as number);
    }
    const through = (i - syllableStart) / (syllableEnd - syllableStart);
    phase += (pitch * (bend + 0.1 * through)) / SAMPLE_RATE;
    const noise = random() * 2 - 1;
    if (phase >= 1) {
      phase -= 1;
      pulse = voiced ? 1 : 0;
    }
    pulse *= 0.94;
    const excitation = pulse + 0.02 * noise;
    let value = 0;
    for (const [f, formant] of formants.entries()) value += formant.next(excitation) * (f === 0 ? 9 : 6);
    // A first difference lifts the noise's treble.
    const bright = noise - hiss;
    hiss = noise;
    const shape = Math.sin(Math.PI * Math.min(1, Math.max(0, through))) ** 0.7;
    out[i] = (voiced ? value + 0.004 * bright : 0.12 * bright) * shape + 0.0008 * noise;
  }
  return softened(out, levelDb);
};

const softened = (pcm: Float32Array, levelDb: number): Float32Array => {
  let peak = 1e-9;
  for (const value of pcm) peak = Math.max(peak, Math.abs(value));
  const gain = 10 ** (levelDb / 20) / peak;
  const [attack, release] = [0.06 * SAMPLE_RATE, 0.12 * SAMPLE_RATE];
  const ramp = (place: number): number => 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, place));
  return pcm.map((value, i) => value * gain * ramp(i / attack) * ramp((pcm.length - 1 - i) / release));
};

/** A packet on a person's track. */
export interface TalkPacket {
  readonly position: number;
  readonly samples: number;
  readonly data: Uint8Array;
}

export interface TalkOptions {
  readonly people: number;
  readonly seconds: number;
  readonly seed?: number;
  /** Bits a second of each person's encoder; 64,000 by default. */
  readonly bitrate?: number;
  readonly application?: 'voip' | 'audio';
  readonly channels?: 1 | 2;
  /** How often a speaker interrupts the one before, 0 to 1; a third by default, which makes about 15 % of all speech overlap. */
  readonly interrupting?: number;
}

/**
 * A conversation: talk-spurts of 1 to 6 s in turns, some of them interrupting, everybody's packets on a 2.5 ms grid of their own
 * that changes from spurt to spurt. Each person has one encoder that goes on from spurt to spurt.
 * @returns for each person the packets in order, without silence
 */
export const talk = (options: TalkOptions): TalkPacket[][] => {
  const { people, seconds, seed = 1, bitrate = 64_000, application = 'audio', channels = 2 } = options;
  const random = seededRandom(seed);
  const encoders = Array.from({ length: people }, () => {
    const encoder = new Encoder({ channels, sample_rate: SAMPLE_RATE, application });
    encoder.bitrate = bitrate;
    return encoder;
  });
  const tracks = encoders.map((): TalkPacket[] => []);
  const end = seconds * SAMPLE_RATE;
  for (let at = Math.round(random() * SAMPLE_RATE), turn = 0; at < end; turn += 1) {
    const person = Math.floor(random() * people);
    const track = tracks[person] as TalkPacket[];
    const last = track.at(-1);
    const from = Math.ceil(Math.max(at, last === undefined ? 0 : last.position + 9600) / 120) * 120;
    const frames = 50 + Math.floor(random() * 250);
    const pcm = speechLike(95 + 35 * person, -14 + 4 * random(), frames * FRAME_SAMPLES, seed * 1000 + turn);
    for (let i = 0; i < frames; i += 1) {
      const position = from + i * FRAME_SAMPLES;
      if (position >= end) break;
      const frame = new Int16Array(FRAME_SAMPLES * channels);
      for (let k = 0; k < frame.length; k += 1) {
        frame[k] = Math.round((pcm[i * FRAME_SAMPLES + Math.floor(k / channels)] as number) * 32_767);
      }
      track.push({
        position,
        samples: FRAME_SAMPLES,
        data: Uint8Array.from((encoders[person] as Encoder).encode(frame)),
      });
    }
    const interrupts = random() < (options.interrupting ?? 0.35);
    at = from + frames * FRAME_SAMPLES + Math.round((interrupts ? -1.2 * random() : 0.8 * random()) * SAMPLE_RATE);
  }
  return tracks;
};
