import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITER_REACH, limiterGains, SLOT, slotPeaks, writeLimited } from './limiter.ts';

const slots = 200;
/** Interleaved stereo at 0.1, with these peaks in single samples of the left channel. */
const pcmWith = (peaks: Readonly<Record<number, number>>): Float32Array => {
  const pcm = new Float32Array(2 * SLOT * slots).fill(0.1);
  for (const [sample, value] of Object.entries(peaks)) pcm[2 * Number(sample)] = value;
  return pcm;
};
const ceilings = (value: number) => new Float32Array(slots).fill(value);
const limited = (pcm: Float32Array, ceiling: number): Int16Array => {
  const target = new Int16Array(pcm.length);
  writeLimited(pcm, 2, limiterGains(slotPeaks(pcm, 2), ceilings(ceiling)), 0, target);
  return target;
};

test('what stays below the ceiling is not touched at all', () => {
  const pcm = pcmWith({ 4000: 0.5, 5000: -0.5 });
  assert.equal(limiterGains(slotPeaks(pcm, 2), ceilings(0.5)), null);
  assert.deepEqual(
    limited(pcm, 0.5),
    Int16Array.from(pcm, (value) => Math.round(value * 32_768)),
  );
});

for (const [name, peaks] of [
  ['one peak', { 4800: 0.9 }],
  ['a peak in the middle of a slot', { 4823: -0.9 }],
  ['peaks of different heights side by side', { 4800: 0.6, 4850: 1.4, 4900: 0.7 }],
  ['a peak at either end', { 0: 0.9, [SLOT * slots - 1]: 0.9 }],
] as const) {
  test(`${name}: nothing exceeds the ceiling, and what is farther than 13 ms is exact`, () => {
    const pcm = pcmWith(peaks);
    const out = limited(pcm, 0.5);
    assert.ok(Math.max(...out.map(Math.abs)) <= Math.round(0.5 * 32_768));
    const quiet = Math.round(0.1 * 32_768);
    for (let sample = 0; sample < SLOT * slots; sample += 1) {
      if (Object.keys(peaks).some((at) => Math.abs(Number(at) - sample) < LIMITER_REACH)) continue;
      assert.equal(out[2 * sample], quiet, `sample ${sample}`);
    }
    assert.ok((out[2 * Number(Object.keys(peaks)[0]) + 1] as number) < quiet, 'both channels get the same gain');
  });
}

test('the gain is the same before and after a peak: nothing is shifted', () => {
  const gains = limiterGains(slotPeaks(pcmWith({ [100 * SLOT + 5]: 1 }), 2), ceilings(0.5)) as Float32Array;
  for (let i = 1; i < 20; i += 1) assert.equal(gains[100 - i], gains[100 + i]);
});

test('what is louder than 16 bits can hold is held at their end, whatever the gain', () => {
  const target = new Int16Array(4);
  writeLimited(Float32Array.of(1.5, -1.5, 0.25, -0.25), 2, null, 0, target);
  assert.deepEqual([...target], [32_767, -32_768, 8192, -8192]);
});
