import { readFile } from 'node:fs/promises';
import { SimError } from '../errors.ts';

/** What a person says. */
export type SpeechSource =
  /** A RIFF file, 16-bit PCM, mono or stereo. */
  | { readonly wav: string }
  /** A sine of `tone` Hz for `ms` milliseconds; `level` is its peak, 0-1, 0.25 by default. */
  | { readonly tone: number; readonly ms: number; readonly level?: number }
  /** Mono samples. */
  | { readonly pcm: Int16Array; readonly sampleRate: number }
  /** Ready Opus packets, all of the speech's `frameMs`: no encoder runs. */
  | { readonly packets: readonly Buffer[] };

export type OpusRate = 8_000 | 12_000 | 16_000 | 24_000 | 48_000;
const RATES: readonly number[] = [8_000, 12_000, 16_000, 24_000, 48_000];

export interface MonoAudio {
  readonly pcm: Int16Array;
  readonly sampleRate: OpusRate;
}

const isOpusRate = (rate: number): rate is OpusRate => RATES.includes(rate);

const checked = (pcm: Int16Array, sampleRate: number, name: string): MonoAudio => {
  if (isOpusRate(sampleRate)) return { pcm, sampleRate };
  throw new SimError('unsupported_audio', `${name} has ${sampleRate} Hz; Opus takes ${RATES.join(', ')}.`);
};

const makeTone = (hz: number, ms: number, level: number): MonoAudio => {
  const sampleRate = 48_000;
  const pcm = new Int16Array(Math.round((ms * sampleRate) / 1_000));
  for (let i = 0; i < pcm.length; i += 1) {
    pcm[i] = Math.round(Math.sin((2 * Math.PI * hz * i) / sampleRate) * level * 32_767);
  }
  return { pcm, sampleRate };
};

/** Reads a RIFF/WAVE file of 16-bit PCM; two channels are mixed to one. */
export const parseWav = (file: Buffer, name: string): MonoAudio => {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new SimError('unsupported_audio', `${name} is no RIFF/WAVE file.`);
  }
  let format: { readonly channels: number; readonly rate: number } | null = null;
  for (let at = 12; at + 8 <= file.length; ) {
    const id = file.toString('latin1', at, at + 4);
    const size = Math.min(file.readUInt32LE(at + 4), file.length - at - 8);
    const body = file.subarray(at + 8, at + 8 + size);
    if (id === 'fmt ') {
      if (body.readUInt16LE(14) !== 16) throw new SimError('unsupported_audio', `${name} is not 16-bit PCM.`);
      format = { channels: body.readUInt16LE(2), rate: body.readUInt32LE(4) };
    } else if (id === 'data' && format) {
      const { channels, rate } = format;
      const pcm = new Int16Array(Math.floor(body.length / 2 / channels));
      for (let i = 0; i < pcm.length; i += 1) {
        let sum = 0;
        for (let channel = 0; channel < channels; channel += 1) sum += body.readInt16LE((i * channels + channel) * 2);
        pcm[i] = Math.round(sum / channels);
      }
      return checked(pcm, rate, name);
    }
    at += 8 + size + (size % 2);
  }
  throw new SimError('unsupported_audio', `${name} holds no audio.`);
};

/** The samples of a source that is not ready-made packets. */
export const loadAudio = async (source: Exclude<SpeechSource, { packets: unknown }>): Promise<MonoAudio> => {
  if ('wav' in source) return parseWav(await readFile(source.wav), source.wav);
  if ('tone' in source) return makeTone(source.tone, source.ms, source.level ?? 0.25);
  return checked(source.pcm, source.sampleRate, 'The PCM');
};
