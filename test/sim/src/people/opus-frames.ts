import { Encoder } from '@evan/opus';
import type { MonoAudio } from './audio-source.ts';

/** Opus frame lengths in milliseconds (RFC 6716 §2.1.4). */
export type FrameMs = 2.5 | 5 | 10 | 20 | 40 | 60;

/** What Discord's clients send when somebody stops speaking: 20 ms of stereo silence. */
export const SILENCE_FRAME = Buffer.from([0xf8, 0xff, 0xfe]);
export const SILENCE_FRAMES = 5;

export interface FrameOptions {
  readonly frameMs: FrameMs;
  readonly channels: 1 | 2;
  /** Bits per second; 64,000 by default. */
  readonly bitrate?: number;
}

/** Encodes mono audio frame by frame, as it is asked for; the last frame is filled up with silence. */
export function* encodeFrames(
  audio: MonoAudio,
  { frameMs, channels, bitrate = 64_000 }: FrameOptions,
): Generator<Buffer> {
  const encoder = new Encoder({ channels, sample_rate: audio.sampleRate, application: 'audio' });
  encoder.bitrate = bitrate;
  encoder.complexity = 5;
  const size = (audio.sampleRate * frameMs) / 1_000;
  for (let start = 0; start < audio.pcm.length; start += size) {
    const frame = new Int16Array(size * channels);
    for (let i = 0; i < size; i += 1) {
      const sample = audio.pcm[start + i] ?? 0;
      for (let channel = 0; channel < channels; channel += 1) frame[i * channels + channel] = sample;
    }
    yield Buffer.from(encoder.encode(frame));
  }
}
