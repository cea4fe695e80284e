import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { quietAfterMs, SessionTimers } from './session-timers.ts';

const open = (maxMs: number | null) => {
  const clock = new FakeClock();
  const events: string[] = [];
  const timers = new SessionTimers({
    clock,
    maxMs,
    aloneMs: 60_000,
    on: {
      maxDuration: () => void events.push('over'),
      maxDurationNear: (ms) => void events.push(`${ms / 1000} s left`),
      alone: () => void events.push('alone'),
      nobodyHeard: (ms) => {
        events.push(`nobody for ${ms / 1000} s`);
        return true;
      },
    },
  });
  return { clock, events, timers };
};

for (const [left, expected] of [
  [0, ['over']],
  [30_000, ['over']],
  [45_000, ['45 s left', 'over']],
  [100_000, ['45 s left', 'over']],
  [120_000, ['120 s left', '45 s left', 'over']],
] as const) {
  test(`with ${left} ms left, of a session that goes on after a restart, people hear ${expected.join(', ')}`, () => {
    const { clock, events, timers } = open(left);
    clock.advance(left);
    assert.deepEqual(events, expected);
    timers[Symbol.dispose]();
    assert.equal(clock.timers, 0);
  });
}

test('who is alone already is not alone anew when bots come and go', () => {
  const { clock, events, timers } = open(null);
  assert.equal(timers.remainingMs, null);
  assert.equal(timers.humans(0), true);
  clock.advance(50_000);
  assert.equal(timers.humans(0), false);
  clock.advance(10_000);
  assert.deepEqual(events, ['alone']);
  clock.advance(60_000);
  assert.deepEqual(events, ['alone']);
});

test('silence is counted from the last speech', () => {
  const { clock, events, timers } = open(null);
  clock.advance(quietAfterMs - 1000);
  timers.heard();
  clock.advance(quietAfterMs - 1000);
  assert.deepEqual(events, []);
  clock.advance(1000);
  assert.deepEqual(events, ['nobody for 300 s']);
  clock.advance(quietAfterMs);
  assert.deepEqual(events, ['nobody for 300 s'], 'once until somebody speaks');
  timers.heard();
  clock.advance(quietAfterMs);
  assert.equal(events.length, 2);
});

test('after its end nothing is counted any more', () => {
  const { clock, events, timers } = open(100_000);
  timers[Symbol.dispose]();
  assert.equal(timers.humans(0), false);
  timers.change({ maxMs: 1000, aloneMs: 1000 });
  assert.equal(clock.timers, 0);
  clock.advance(quietAfterMs);
  assert.deepEqual(events, []);
});
