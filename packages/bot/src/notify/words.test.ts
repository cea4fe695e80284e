import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, people, size } from './words.ts';

const durations: readonly (readonly [number, string])[] = [
  [0, '1 s'],
  [1_499, '1 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [3_540_000, '59 min'],
  [3_599_000, '1 h'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
];
for (const [ms, said] of durations)
  test(`${ms} ms are "${said}"`, () => {
    assert.equal(duration(ms), said);
  });

test('sizes and lists of people read well', () => {
  assert.deepEqual(
    [size(1), size(640_000), size(12_300_000), size(3_400_000_000)],
    ['1 kB', '640 kB', '12 MB', '3.4 GB'],
  );
  assert.equal(people([]), 'nobody');
  assert.equal(people(['1', '2', '3'], 2), '<@1>, <@2> and 1 more');
});
