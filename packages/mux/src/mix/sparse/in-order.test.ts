import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { InOrder } from './in-order.ts';

test('results come out in order, however they come in', () => {
  const out: string[] = [];
  const line = new InOrder<string>(5, (value) => out.push(value));
  line.put(2, 'c');
  line.put(0, 'a');
  assert.deepEqual(out, ['a']);
  line.put(1, 'b');
  assert.deepEqual(out, ['a', 'b', 'c']);
});

test('who would run too far ahead waits', async () => {
  const line = new InOrder<number>(2, () => {});
  let started = false;
  const waiting = line.mayStart(2).then(() => {
    started = true;
  });
  await line.mayStart(1);
  await setImmediate();
  assert.equal(started, false);
  line.put(1, 1);
  await setImmediate();
  assert.equal(started, false);
  line.put(0, 0);
  await waiting;
});
