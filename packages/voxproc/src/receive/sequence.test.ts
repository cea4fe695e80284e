import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extendSequence, unwrapTimestamp } from './sequence.ts';

test('a sequence number is extended to the nearest one', () => {
  const table: [sequence: number, near: number, extended: number][] = [
    [5, 4, 5],
    [0, 65_535, 65_536],
    [65_535, 65_536, 65_535],
    [3, 131_071, 131_075],
    [65_534, 1, -2],
    [10, 10, 10],
  ];
  for (const [sequence, near, extended] of table) assert.equal(extendSequence(sequence, near), extended);
});

test('extending gives back any number within half the range', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: -32_768, max: 32_767 }), (near, step) => {
      assert.equal(extendSequence((near + step) & 0xffff, near), near + step);
    }),
  );
});

test('a timestamp is unwrapped to the nearest one, however often it wrapped in a silence', () => {
  const wrap = 2 ** 32;
  fc.assert(
    fc.property(
      fc.integer({ min: -5 * wrap, max: 50 * wrap }),
      fc.double({ min: -(2 ** 31) + 2, max: 2 ** 31 - 2, noNaN: true }),
      (rtp, off) => {
        assert.equal(unwrapTimestamp(((rtp % wrap) + wrap) % wrap, rtp + off), rtp);
      },
    ),
  );
});
