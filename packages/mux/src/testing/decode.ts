import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** Decodes an audio file with ffmpeg to interleaved stereo floats at 48 kHz. @throws Error with ffmpeg's words */
export const decodeStereo = (ffmpeg: string, path: string): Float32Array => {
  const { stdout, status, stderr } = spawnSync(
    ffmpeg,
    ['-nostdin', '-v', 'error', '-i', path, '-ac', '2', '-ar', '48000', '-f', 'f32le', 'pipe:1'],
    { maxBuffer: 2 ** 31 },
  );
  if (status !== 0) throw new Error(`ffmpeg could not decode ${path}: ${stderr.toString('utf8')}`);
  return new Float32Array(Uint8Array.from(stdout).buffer);
};

/** The left channel of interleaved stereo. */
export const leftOf = (stereo: Float32Array): Float32Array =>
  Float32Array.from({ length: stereo.length / 2 }, (_, i) => stereo[i * 2] as number);

/** Peak level in dBFS of the sine of this frequency in `samples[from, to)` (Goertzel, Hann window). */
export const toneLevel = (samples: Float32Array, frequency: number, from: number, to: number): number => {
  const start = Math.round(from);
  const count = Math.round(to) - start;
  let real = 0;
  let imaginary = 0;
  let weight = 0;
  for (let i = 0; i < count; i += 1) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / count);
    const angle = (2 * Math.PI * frequency * i) / 48_000;
    const value = window * (samples[start + i] ?? 0);
    real += value * Math.cos(angle);
    imaginary += value * Math.sin(angle);
    weight += window;
  }
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / weight);
};

/**
 * How many samples later than `at` the reference sounds in `samples`, by cross-correlation within ±`reach`.
 */
export const lagOf = (samples: Float32Array, reference: Float32Array, at: number, reach: number): number => {
  let best = Number.NEGATIVE_INFINITY;
  let lag = 0;
  for (let shift = -reach; shift <= reach; shift += 1) {
    let sum = 0;
    for (let i = 0; i < reference.length; i += 7) sum += (reference[i] as number) * (samples[at + shift + i] ?? 0);
    if (sum > best) [best, lag] = [sum, shift];
  }
  return lag;
};

/** Writes an executable shell script, for tests that need a program that misbehaves. */
export const writeScript = (path: string, body: string): string => {
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
};
