import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EchoTurns } from './echo-turns.ts';

/** Everybody speaks for 4 s, all in the same order each 20 ms. @returns when each had their turns, milliseconds */
const turnsOf = (people: number): number[][] => {
  let nowMs = 0;
  const turns = new EchoTurns(
    () => people,
    () => nowMs * 1_000,
  );
  const had: number[][] = Array.from({ length: people }, () => []);
  for (; nowMs < 4_000; nowMs += 20) {
    for (const mine of had) if (turns.take((nowMs - (mine.at(-1) ?? -10_000)) * 1_000)) mine.push(nowMs);
  }
  return had;
};

for (const people of [1, 2, 5, 12, 25]) {
  test(`of ${people} who speak at once each has their turn, and no two in one frame’s time`, () => {
    const had = turnsOf(people);
    const all = had.flat();
    assert.equal(new Set(all).size, all.length);
    const everyMs = Math.max(100, people * 20);
    for (const mine of had) {
      assert.ok((mine[0] ?? Number.POSITIVE_INFINITY) < everyMs, `the first at ${mine[0]} ms`);
      assert.ok(mine.slice(1).every((ms, index) => ms - (mine[index] as number) <= 2 * everyMs));
    }
    assert.ok(all.length >= 0.9 * people * Math.floor(4_000 / everyMs), `${all.length} turns`);
  });
}
