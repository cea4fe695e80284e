import { Encoder } from '@evan/opus';
import type { FillPacket } from '../ogg/silence.ts';

const FRAME_SAMPLES = 960;
const SAMPLE_RATE = 48_000;

/** A sine: frequency in Hz, peak level in dBFS. */
export interface Tone {
  readonly frequency: number;
  readonly levelDb: number;
}

/** Mono samples of a sine as floats, beginning at phase 0. */
export const toneSamples = ({ frequency, levelDb }: Tone, samples: number): Float32Array => {
  const amplitude = 10 ** (levelDb / 20);
  const step = (2 * Math.PI * frequency) / SAMPLE_RATE;
  return Float32Array.from({ length: samples }, (_, i) => amplitude * Math.sin(step * i));
};

/** A small seeded generator (mulberry32): the same numbers in [0, 1) on every machine. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Something like a voice: harmonics of `pitch` with syllables at 4 Hz and breath noise; peak near `levelDb`. */
export const voiceSamples = (pitch: number, levelDb: number, samples: number, seed = 1): Float32Array => {
  const random = seededRandom(seed);
  const amplitude = 10 ** (levelDb / 20) / 3;
  let noise = 0;
  return Float32Array.from({ length: samples }, (_, i) => {
    noise = 0.9 * noise + 0.1 * (random() * 2 - 1);
    const syllable = 0.5 + 0.5 * Math.sin((2 * Math.PI * 4 * i) / SAMPLE_RATE);
    let value = noise;
    for (let harmonic = 1; harmonic < 12; harmonic += 1) {
      value += Math.sin((2 * Math.PI * pitch * harmonic * i) / SAMPLE_RATE) / harmonic;
    }
    return amplitude * syllable * value;
  });
};

export interface EncodeOptions {
  readonly channels?: 1 | 2;
  readonly bitrate?: number;
  readonly application?: 'voip' | 'audio';
}

/**
 * Encodes mono samples as 20 ms Opus packets with a fresh encoder; what does not fill a frame is padded with zeros. The decoded
 * signal appears 312 samples late, which pre-skip takes away.
 */
export const encodePackets = (mono: Float32Array, options: EncodeOptions = {}): FillPacket[] => {
  const { channels = 2, bitrate = 64_000, application = 'audio' } = options;
  const encoder = new Encoder({ channels, sample_rate: SAMPLE_RATE, application });
  encoder.bitrate = bitrate;
  const frame = new Int16Array(FRAME_SAMPLES * channels);
  const packets: FillPacket[] = [];
  for (let at = 0; at < mono.length; at += FRAME_SAMPLES) {
    for (let i = 0; i < FRAME_SAMPLES; i += 1) {
      const value = Math.round(Math.max(-1, Math.min(1, mono[at + i] ?? 0)) * 32_767);
      for (let channel = 0; channel < channels; channel += 1) frame[i * channels + channel] = value;
    }
    packets.push({ packet: Uint8Array.from(encoder.encode(frame)), samples: FRAME_SAMPLES });
  }
  return packets;
};

/** 20 ms packets of a sine of `samples` length (rounded up to whole packets). */
export const tonePackets = (tone: Tone, samples: number, options: EncodeOptions = {}): FillPacket[] =>
  encodePackets(toneSamples(tone, samples), options);
