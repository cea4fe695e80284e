import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excerptParts, matchesIn, segmentAt } from './follow.ts';

const segments = [{ fromMs: 1000 }, { fromMs: 2000 }, { fromMs: 2000 }, { fromMs: 9000 }];
for (const [ms, index] of [
  [0, -1],
  [999, -1],
  [1000, 0],
  [1999, 0],
  [2000, 2],
  [8999, 2],
  [1e9, 3],
] as const)
  test(`at ${ms} ms segment ${index} is the one that is followed`, () => {
    assert.equal(segmentAt(segments, ms), index);
  });

test('nothing is followed where nothing was said', () => {
  assert.equal(segmentAt([], 5), -1);
});

const show = (parts: ReturnType<typeof matchesIn>): string =>
  parts.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join('');
for (const [text, query, shown] of [
  ['The dragon wakes', 'dragon', 'The [dragon] wakes'],
  ['The dragon wakes', 'DRAGON W', 'The [dragon w]akes'],
  ['Café at the café', 'cafe', '[Café] at the [café]'],
  ['aaa', 'aa', '[aa]a'],
  ['nothing', 'x', 'nothing'],
  ['all of it', '  ', 'all of it'],
  ['İstanbul 👩‍👩‍👧 stays', 'stays', 'İstanbul 👩‍👩‍👧 [stays]'],
] as const)
  test(`“${query}” in “${text}” is ${shown}`, () => {
    assert.equal(show(matchesIn(text, query)), shown);
    assert.equal(
      matchesIn(text, query)
        .map((part) => part.text)
        .join(''),
      text,
    );
  });

test('an excerpt’s match stands between its marks', () => {
  assert.equal(show(excerptParts('we ‹roll› for ‹it›')), 'we [roll] for [it]');
  assert.equal(show(excerptParts('‹roll›')), '[roll]');
});
