import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconnectAfter, rotationDue } from './reconnect-policy.ts';

const rows: readonly (readonly [attemptsAt: readonly number[], nowMs: number, expected: number | 'give_up'])[] = [
  [[], 0, 250],
  [[0], 250, 500],
  [[0, 500, 1500, 3500], 7500, 4000],
  [[0, 500, 1500, 3500, 7500], 15_500, 'give_up'],
  [[0, 500, 1500, 3500, 7500], 120_001, 4000],
  [[0, 500, 1500, 3500, 7500], 300_000, 250],
];
for (const [attemptsAt, nowMs, expected] of rows) {
  test(`after attempts at ${attemptsAt.join(', ') || 'no time'}, a loss at ${nowMs} waits ${expected}`, () => {
    const next = reconnectAfter(attemptsAt, nowMs, 0.5);
    assert.equal(next === 'give_up' ? next : next.delayMs, expected);
  });
}

test('the wait varies by a fifth either way', () => {
  assert.deepEqual(reconnectAfter([], 0, 0), { delayMs: 200 });
  assert.deepEqual(reconnectAfter([], 0, 1), { delayMs: 300 });
});

const ages: readonly (readonly [ageMs: number, limitMs: number | null, expected: string])[] = [
  [1e9, null, 'no'],
  [0, 3_600_000, 'no'],
  [3_479_999, 3_600_000, 'no'],
  [3_480_000, 3_600_000, 'between_responses'],
  [3_591_999, 3_600_000, 'between_responses'],
  [3_592_000, 3_600_000, 'now'],
  [29_999, 60_000, 'no'],
  [30_000, 60_000, 'between_responses'],
];
for (const [ageMs, limitMs, expected] of ages) {
  test(`a socket of ${ageMs} ms whose limit is ${limitMs} is replaced: ${expected}`, () => {
    assert.equal(rotationDue(ageMs, limitMs), expected);
  });
}
