import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { judge } from '../testing/judge.ts';
import { toneSamples, voiceSamples } from '../testing/tones.ts';
import { LoudnessMeter, SILENT_LUFS } from './loudness-meter.ts';

const stereo = (left: Float32Array, right = left): Float32Array => {
  const both = new Float32Array(left.length * 2);
  for (let i = 0; i < left.length; i += 1) {
    both[i * 2] = left[i] as number;
    both[i * 2 + 1] = right[i] as number;
  }
  return both;
};

const measure = (samples: Float32Array, piece = samples.length) => {
  const meter = new LoudnessMeter();
  for (let at = 0; at < samples.length; at += piece) meter.take(samples.subarray(at, at + piece));
  return { ...meter.result(), frames: meter.frames };
};

test('a 1 kHz sine at -23 dBFS in both channels has -23 LUFS', () => {
  const { integrated, range } = measure(stereo(toneSamples({ frequency: 1000, levelDb: -23 }, 480_000)));
  assert.ok(Math.abs(integrated + 23) < 0.1, `${integrated}`);
  assert.ok(range < 0.1);
});

test('the true peak lies between the samples', () => {
  // A quarter of the sample rate at 45 degrees: samples reach 0.7071 of the peak.
  const tone = Float32Array.from({ length: 48_000 }, (_, i) => 0.5 * Math.sin((Math.PI / 2) * i + Math.PI / 4));
  const { truePeak } = measure(stereo(tone));
  assert.ok(Math.abs(truePeak - 20 * Math.log10(0.5)) < 0.3, `${truePeak}`);
});

test('silence has finite numbers', () => {
  assert.deepEqual(measure(new Float32Array(96_000)), {
    integrated: SILENT_LUFS,
    range: 0,
    truePeak: SILENT_LUFS,
    frames: 48_000,
  });
  assert.deepEqual(measure(new Float32Array(0)), {
    integrated: SILENT_LUFS,
    range: 0,
    truePeak: SILENT_LUFS,
    frames: 0,
  });
});

test('pieces of any size give the same result', () => {
  const samples = stereo(voiceSamples(120, -10, 200_000));
  assert.deepEqual(measure(samples, 333), measure(samples));
});

const ffmpeg = judge('ffmpeg', 'ffmpeg');

test('ffmpeg’s ebur128 measures the same', { skip: ffmpeg.skip }, () => {
  const parts = [voiceSamples(110, -6, 480_000, 3), new Float32Array(240_000), voiceSamples(180, -24, 480_000, 4)];
  const left = Float32Array.from(parts.flatMap((part) => [...part]));
  const samples = stereo(
    left,
    left.map((value) => value * 0.5),
  );
  const ours = measure(samples);
  const { stderr } = spawnSync(
    ffmpeg.path,
    [
      '-hide_banner',
      '-nostats',
      '-f',
      'f32le',
      '-ar',
      '48000',
      '-ac',
      '2',
      '-i',
      'pipe:0',
      '-af',
      'ebur128=peak=true:framelog=verbose',
      '-f',
      'null',
      '-',
    ],
    { input: Buffer.from(samples.buffer), encoding: 'utf8' },
  );
  const number = (name: string): number => Number(new RegExp(`${name}:\\s+(-?[\\d.]+)`).exec(stderr)?.[1]);
  assert.ok(Math.abs(number('I') - ours.integrated) <= 0.15, `I ${number('I')} and ${ours.integrated}`);
  assert.ok(Math.abs(number('LRA') - ours.range) <= 0.5, `LRA ${number('LRA')} and ${ours.range}`);
  assert.ok(Math.abs(number('Peak') - ours.truePeak) <= 0.2, `TP ${number('Peak')} and ${ours.truePeak}`);
});
