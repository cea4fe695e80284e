import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeWav } from '../../scripts/lib/wav.ts';

/** Decodes a file to mono 16-bit samples with ffmpeg, resampled to `sampleRate` Hz. */
export const decode = async (file: string, sampleRate: number): Promise<Int16Array> => {
  const { stdout } = await execa(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-i', file, '-ac', '1', '-ar', String(sampleRate), '-f', 's16le', '-'],
    { encoding: 'buffer', maxBuffer: 1 << 30 },
  );
  return new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~1)));
};

/** What the offline recognizer hears in 16 kHz samples, as lower-case words; `niced`: on what time others leave of the processor. */
export const recognize = async (samples: Int16Array, { niced = false } = {}): Promise<string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-recognize-'));
  try {
    const file = join(folder, 'speech.wav');
    await writeFile(file, writeWav({ sampleRate: 16_000, samples }));
    const command = ['pocketsphinx_continuous', '-infile', file, '-logfn', '/dev/null'];
    const { stdout } = await execa('nice', ['-n', niced ? '19' : '0', ...command], { stdin: 'ignore' });
    return stdout.toLowerCase().split(/\s+/).filter(Boolean);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** The share of `expected` words that stand in `heard` in the same order (longest common subsequence), 0 to 1. */
export const wordsKept = (expected: readonly string[], heard: readonly string[]): number => {
  if (expected.length === 0) return 1;
  let row = new Array<number>(heard.length + 1).fill(0);
  for (const word of expected) {
    const next = [0];
    for (let at = 0; at < heard.length; at += 1) {
      next.push(word === heard[at] ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    }
    row = next;
  }
  return (row.at(-1) ?? 0) / expected.length;
};

/**
 * Where `clip` stands in `signal`: the position near `expectedAt` (± `within`), in samples, at which their normalized
 * cross-correlation is largest, and that correlation (1 = the same shape).
 */
export const locate = (
  clip: Int16Array,
  signal: Int16Array,
  expectedAt: number,
  within: number,
): { at: number; correlation: number } => {
  let clipEnergy = 0;
  for (const sample of clip) clipEnergy += sample * sample;
  let best = { at: expectedAt, correlation: -1 };
  for (let at = Math.max(0, expectedAt - within); at <= expectedAt + within; at += 1) {
    let product = 0;
    let energy = 0;
    for (let index = 0; index < clip.length; index += 1) {
      const sample = signal[at + index] ?? 0;
      product += (clip[index] ?? 0) * sample;
      energy += sample * sample;
    }
    const correlation = energy === 0 ? 0 : product / Math.sqrt(energy * clipEnergy);
    if (correlation > best.correlation) best = { at, correlation };
  }
  return best;
};

/** Root mean square of samples in dBFS. */
export const levelDb = (samples: Int16Array): number => {
  let sum = 0;
  for (const sample of samples) sum += (sample / 32_768) ** 2;
  return 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
};

/** Level of one frequency in dBFS (Goertzel); a full-scale sine reads 0. */
export const toneDb = (samples: Int16Array, sampleRate: number, hz: number): number => {
  const omega = (2 * Math.PI * hz) / sampleRate;
  const factor = 2 * Math.cos(omega);
  let [before, last] = [0, 0];
  for (const sample of samples) [before, last] = [last, sample / 32_768 + factor * last - before];
  const power = last * last + before * before - factor * last * before;
  return 10 * Math.log10((4 * power) / samples.length ** 2 + 1e-12);
};

/** What opusinfo says against a file: its WARNING and ERROR lines. */
export const opusinfoComplaints = async (file: string): Promise<string[]> => {
  const { stdout, stderr } = await execa('opusinfo', [file], { reject: false });
  return `${stdout}\n${stderr}`.split('\n').filter((line) => /warning|error/i.test(line));
};
