import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ByteRange, byteRange } from './byte-range.ts';

const whole = { kind: 'whole' } as const;
const none = { kind: 'unsatisfiable' } as const;
const part = (start: number, end: number): ByteRange => ({ kind: 'part', start, end });

const cases: readonly (readonly [string | undefined, number, ByteRange])[] = [
  [undefined, 10, whole],
  ['', 10, whole],
  ['bytes=0-', 10, part(0, 9)],
  ['bytes=0-0', 10, part(0, 0)],
  ['bytes=9-9', 10, part(9, 9)],
  ['bytes=2-5', 10, part(2, 5)],
  ['bytes=2-99', 10, part(2, 9)],
  ['bytes=-3', 10, part(7, 9)],
  ['bytes=-99', 10, part(0, 9)],
  ['bytes=10-', 10, none],
  ['bytes=-0', 10, none],
  ['bytes=0-', 0, none],
  ['bytes=-1', 0, none],
  ['bytes=5-2', 10, whole],
  ['bytes=-', 10, whole],
  ['bytes=0-1,3-4', 10, whole],
  ['bytes=a-b', 10, whole],
  ['items=0-1', 10, whole],
  ['bytes=99999999999999999999-', 10, whole],
];

for (const [header, size, expected] of cases)
  test(`range ${header ?? '(absent)'} of ${size} bytes is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(byteRange(header, size), expected);
  });
