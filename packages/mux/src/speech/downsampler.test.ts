import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, toneSamples } from '../testing/tones.ts';
import { Downsampler } from './downsampler.ts';

const pcmOf = (samples: Float32Array): Int16Array => Int16Array.from(samples, (value) => Math.round(value * 32_767));

const through = (pcm: Int16Array, block: number): number[] => {
  const down = new Downsampler();
  const out: number[] = [];
  for (let at = 0; at < pcm.length; at += block) out.push(...down.push(pcm.subarray(at, at + block)));
  return [...out, ...down.finish()];
};

/** Root of the mean square in dB of full scale, away from both ends. */
const level = (samples: readonly number[]): number => {
  const inside = samples.slice(200, -200);
  return 10 * Math.log10(inside.reduce((sum, value) => sum + (value / 32_767) ** 2, 0) / inside.length);
};

const tones: [hertz: number, from: number, to: number][] = [
  [100, -9.1, -8.9],
  [1000, -9.1, -8.9],
  [6000, -9.2, -8.9],
  [9000, Number.NEGATIVE_INFINITY, -70],
  [15_000, Number.NEGATIVE_INFINITY, -70],
  [23_000, Number.NEGATIVE_INFINITY, -70],
];
for (const [frequency, from, to] of tones) {
  test(`a tone of ${frequency} Hz ${to < -60 ? 'does not fold back into' : 'keeps its level at'} 16 kHz`, () => {
    const found = level(through(pcmOf(toneSamples({ frequency, levelDb: -6 }, 48_000)), 960));
    assert.ok(found >= from && found <= to, `${found} dB`);
  });
}

test('what sounds at sample 3m of the input sounds at sample m of the output', () => {
  const input = pcmOf(toneSamples({ frequency: 440, levelDb: -6 }, 24_000));
  const out = through(input, 960);
  assert.equal(out.length, 8000);
  for (let m = 200; m < 7800; m += 1) {
    assert.ok(Math.abs((out[m] as number) - (input[3 * m] as number)) < 40, `sample ${m}`);
  }
});

test('blocks of any size give the same samples', () => {
  const random = seededRandom(4);
  const noise = Int16Array.from({ length: 5000 }, () => Math.round((random() - 0.5) * 20_000));
  const whole = through(noise, noise.length);
  assert.equal(whole.length, Math.ceil(noise.length / 3));
  for (const block of [1, 7, 120, 960, 4999]) assert.deepEqual(through(noise, block), whole);
});

test('full scale does not wrap around', () => {
  const square = Int16Array.from({ length: 4800 }, (_, i) => (i % 480 < 240 ? 32_767 : -32_768));
  for (const [i, value] of through(square, 960).entries()) {
    const source = square[Math.min(3 * i, 4799)] as number;
    if (i % 160 > 20 && i % 160 < 60) assert.ok(value * source > 0, `sample ${i}`);
  }
});
