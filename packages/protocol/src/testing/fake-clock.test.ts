import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from './fake-clock.ts';

test('timers fire in the order of their times, with the clock at their time', () => {
  const clock = new FakeClock({ now: 1_000, monotonicUs: 5_000 });
  const fired: [string, number, number][] = [];
  const note = (name: string) => () => fired.push([name, clock.now(), clock.monotonicUs()]);
  clock.setTimeout(note('late'), 30);
  clock.setTimeout(() => {
    note('early')();
    clock.setTimeout(note('nested'), 5);
  }, 10);
  const every = clock.setInterval(note('tick'), 20);
  clock.advance(40);
  assert.deepEqual(fired, [
    ['early', 1_010, 15_000],
    ['nested', 1_015, 20_000],
    ['tick', 1_020, 25_000],
    ['late', 1_030, 35_000],
    ['tick', 1_040, 45_000],
  ]);
  every[Symbol.dispose]();
  assert.equal(clock.timers, 0);
});

test('a disposed timer never fires, not even when another disposes it at the same instant', () => {
  const clock = new FakeClock();
  let fired = 0;
  clock.setTimeout(() => second[Symbol.dispose](), 10);
  const second = clock.setTimeout(() => {
    fired += 1;
  }, 10);
  clock.advance(10);
  assert.equal(fired, 0);
});
