import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { Heartbeat } from './heartbeat.ts';
import { Outflow } from './outflow.ts';

const mega = 1024 * 1024;
const rig = () => {
  const clock = new FakeClock();
  const waiting = { bytes: 0 };
  let overloads = 0;
  const outflow = new Outflow(
    () => waiting.bytes,
    clock,
    () => {
      overloads += 1;
    },
  );
  return { clock, waiting, outflow, overloads: () => overloads };
};

test('a socket that takes nothing of more than 2 MB for 2 s is given up', () => {
  const { clock, waiting, outflow, overloads } = rig();
  waiting.bytes = 2 * mega;
  outflow.sent();
  assert.equal(clock.timers, 0, '2 MB may wait');
  waiting.bytes = 2 * mega + 1;
  outflow.sent();
  clock.advance(1_999);
  assert.equal(overloads(), 0);
  clock.advance(1);
  assert.equal(overloads(), 1);
});

test('a burst may wait as long as it becomes less', () => {
  const { clock, waiting, outflow, overloads } = rig();
  for (waiting.bytes = 8 * mega; waiting.bytes > 0; waiting.bytes -= mega) {
    outflow.sent();
    clock.advance(1_999);
  }
  clock.advance(10_000);
  assert.equal(overloads(), 0);
  assert.equal(clock.timers, 0);
});

test('more than 12 MB never wait', () => {
  const { waiting, outflow, overloads } = rig();
  waiting.bytes = 12 * mega + 1;
  outflow.sent();
  assert.equal(overloads(), 1);
});

test('nothing is watched any more once it is disposed of', () => {
  const { clock, waiting, outflow, overloads } = rig();
  waiting.bytes = 3 * mega;
  outflow.sent();
  outflow[Symbol.dispose]();
  clock.advance(10_000);
  assert.equal(overloads(), 0);
  assert.equal(clock.timers, 0);
});

test('a path that is silent for three pings is dead, one that answers any of them is not', () => {
  const clock = new FakeClock();
  const told = { pings: 0, silentMs: 0 };
  using heartbeat = new Heartbeat(
    clock,
    () => {
      told.pings += 1;
    },
    (ms) => {
      told.silentMs = ms;
    },
  );
  clock.advance(60_000);
  assert.deepEqual(told, { pings: 3, silentMs: 0 });
  heartbeat.heard();
  clock.advance(60_000);
  assert.deepEqual(told, { pings: 6, silentMs: 0 });
  clock.advance(20_000);
  assert.deepEqual(told, { pings: 6, silentMs: 60_000 });
});
