import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelDb, locate, toneDb, wordsKept } from './audio.ts';

const sine = (hz: number, amplitude: number, length = 48_000) =>
  Int16Array.from({ length }, (_, at) => Math.round(32_767 * amplitude * Math.sin((2 * Math.PI * hz * at) / 48_000)));

test('words are counted in order', () => {
  const cases: [string, string, number][] = [
    ['a b c d', 'a b c d', 1],
    ['a b c d', 'a x c d', 0.75],
    ['a b c d', 'd c b a', 0.25],
    ['a b', '', 0],
  ];
  for (const [expected, heard, share] of cases) {
    assert.equal(wordsKept(expected.split(' '), heard.split(' ').filter(Boolean)), share, `${expected} / ${heard}`);
  }
});

test('a tone reads its own level and nothing elsewhere', () => {
  const tone = sine(440, 0.5);
  assert.ok(Math.abs(toneDb(tone, 48_000, 440) + 6.02) < 0.05);
  assert.ok(toneDb(tone, 48_000, 1000) < -80);
  assert.ok(Math.abs(levelDb(tone) + 9.03) < 0.05);
});

test('a clip is located to the sample', () => {
  const clip = Int16Array.from({ length: 800 }, (_, at) => Math.round(9000 * Math.sin(at * at * 0.0007)));
  const signal = new Int16Array(8000);
  signal.set(clip, 1234);
  const { at, correlation } = locate(clip, signal, 1200, 100);
  assert.equal(at, 1234);
  assert.ok(correlation > 0.999);
});
