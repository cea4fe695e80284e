import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLOAT_OF_DECODED } from '../decoder-gain.ts';
import { SpeechSum } from './speech-sum.ts';

const half = Math.round(0.5 / FLOAT_OF_DECODED);
const near = (actual: ArrayLike<number>, wanted: readonly number[]): void => {
  assert.equal(actual.length, wanted.length);
  for (const [i, value] of wanted.entries())
    assert.ok(Math.abs((actual[i] as number) - value) < 1e-3, `${i}: ${actual[i]}`);
};

test('one channel of several people adds up in one channel', () => {
  const sum = new SpeechSum(8);
  sum.begin(100, 4);
  assert.equal(sum.add(Int16Array.of(half, -half, half), 1, 100, 0, 3), half);
  sum.add(Int16Array.of(half, half), 1, 102, 0, 2);
  const { channels, samples } = sum.pcm();
  assert.equal(channels, 1);
  near(samples, [0.5, -0.5, 1, 0.5]);
});

test('what lies outside of the stretch, or of the part that is asked for, is left out', () => {
  const sum = new SpeechSum(8);
  sum.begin(100, 4);
  assert.equal(sum.add(Int16Array.of(2 * half, half, half, half), 1, 99, 0, 3), half);
  sum.add(Int16Array.of(half, half), 1, 103, 0, 2);
  assert.equal(sum.add(Int16Array.of(half), 1, 90, 0, 1), 0);
  near(sum.pcm().samples, [0.5, 0.5, 0, 0.5]);
});

test('two channels stay two as soon as anybody stands aside', () => {
  const sum = new SpeechSum(4);
  sum.begin(0, 2);
  sum.add(Int16Array.of(half, half), 1, 0, 0, 2);
  assert.equal(sum.add(Int16Array.of(half, 0, 0, -half), 2, 0, 0, 2), half);
  const { channels, samples } = sum.pcm();
  assert.equal(channels, 2);
  near(samples, [1, 0.5, 0.5, 0]);
});

const pairs: [string, number, number, 1 | 2][] = [
  ['the noise of a stereo encoder that was fed one channel twice', 10_000, 9980, 1],
  ['less than 0.5 dB to either side', 10_000, 9100, 1],
  ['1.5 dB aside', 10_000, 8400, 2],
  ['what is hardly heard', 40, -20, 1],
  ['what is soft, but heard', 200, -200, 2],
];
for (const [name, left, right, channels] of pairs) {
  test(`${name} makes ${channels === 1 ? 'one channel' : 'two channels'}`, () => {
    const sum = new SpeechSum(2);
    sum.begin(0, 1);
    sum.add(Int16Array.of(left, right), 2, 0, 0, 1);
    assert.equal(sum.pcm().channels, channels);
  });
}

test('nothing is left of the stretch before', () => {
  const sum = new SpeechSum(4);
  sum.begin(0, 4);
  sum.add(Int16Array.of(half, -half, half, -half), 2, 0, 0, 2);
  sum.begin(0, 2);
  sum.add(Int16Array.of(0, half), 2, 1, 0, 1);
  const { channels, samples } = sum.pcm();
  assert.equal(channels, 2);
  near(samples, [0, 0, 0, 0.5]);
});
