import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimeText, parseTimeText } from './time-text.ts';

const good: [text: string, seconds: number][] = [
  ['0', 0],
  ['90', 90],
  ['90.5', 90.5],
  ['1:30', 90],
  ['01:30', 90],
  ['1:30,25', 90.25],
  ['0:01:30', 90],
  ['1:02:03', 3723],
  ['100:00', 6000],
  ['12:00:00', 43_200],
  [' 7 ', 7],
  ['0.000021', 0.000021],
];
for (const [text, seconds] of good) {
  test(`the time "${text}" is ${seconds} s`, () => assert.equal(parseTimeText(text), Math.round(seconds * 48_000)));
}

for (const text of [
  '',
  'now',
  '-1',
  '1:60',
  '1:2:3:4',
  '1:60:00',
  '1:',
  ':30',
  '1e3',
  '0x10',
  '1.2.3',
  '1:130',
  'NaN',
]) {
  test(`"${text}" is no time`, () => assert.equal(parseTimeText(text), null));
}

test('a time that is written is read as the same sample, to the millisecond', () => {
  for (const seconds of [0, 1, 59.999, 60, 61.5, 3599, 3600, 3723.004, 43_200]) {
    const sample = Math.round(seconds * 48_000);
    assert.equal(parseTimeText(formatTimeText(sample)), sample, formatTimeText(sample));
  }
  assert.equal(formatTimeText(3723 * 48_000), '1:02:03');
  assert.equal(formatTimeText(63 * 48_000), '1:03');
});
