import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SPEAKING_US, SpeakingWatch } from './speaking-watch.ts';

test('a person speaks from their first packet until 100 ms without one', () => {
  const said: [string, boolean][] = [];
  const watch = new SpeakingWatch((userId, speaking) => said.push([userId, speaking]));
  for (let us = 0; us < 500_000; us += 20_000) watch.heard('a', us);
  watch.heard('b', 450_000);
  watch.advance(450_000 + SPEAKING_US - 1);
  assert.deepEqual(said, [
    ['a', true],
    ['b', true],
  ]);
  watch.advance(450_000 + SPEAKING_US);
  watch.advance(480_000 + SPEAKING_US);
  assert.deepEqual(said.slice(2), [
    ['b', false],
    ['a', false],
  ]);
  watch.heard('a', 900_000);
  watch.silence('a');
  watch.silence('a');
  assert.deepEqual(said.slice(4), [
    ['a', true],
    ['a', false],
  ]);
});
