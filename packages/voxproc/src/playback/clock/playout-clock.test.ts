import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { PlayoutClock } from './playout-clock.ts';

/** A clock that ticks until `ticks`, doing `during` at each, and when it ticked. */
const build = (ticks: number, during: (index: number, clock: FakeClock) => void = () => {}) => {
  const clock = new FakeClock();
  const start = clock.now();
  const at: number[] = [];
  const late: number[] = [];
  const playout = new PlayoutClock({
    clock,
    tick: () => {
      at.push(clock.now() - start);
      during(at.length - 1, clock);
      return at.length < ticks;
    },
    onLate: (frames) => late.push(frames),
  });
  return { clock, playout, at, late };
};

describe('PlayoutClock', () => {
  it('ticks every 20 ms, the first time at once, and rests without a timer', () => {
    const { clock, playout, at } = build(5);
    playout.wake();
    clock.advance(200);
    assert.deepEqual(at, [0, 20, 40, 60, 80]);
    assert.equal(clock.timers, 0);
    assert.equal(playout.lateness.p99Ms, 0);
  });

  it('makes up for a timer that fires late by less than a frame', () => {
    const { clock, playout, at, late } = build(4, (index, time) => index === 1 && time.advance(35));
    playout.wake();
    clock.advance(200);
    assert.deepEqual(at, [0, 20, 55, 60]);
    assert.deepEqual(late, []);
    assert.equal(playout.lateness.p99Ms, 15);
  });

  it('does not burst after a stall: the rest is played later, and what is late is counted', () => {
    const { clock, playout, at, late } = build(5, (index, time) => index === 1 && time.advance(500));
    playout.wake();
    clock.advance(1000);
    assert.deepEqual(at, [0, 20, 520, 540, 560]);
    assert.deepEqual(late, [24]);
    assert.equal(playout.lateFrames, 24);
  });

  it('does not wake earlier than a frame after the last tick', () => {
    const { clock, playout, at } = build(1);
    playout.wake();
    clock.advance(5);
    playout.wake();
    playout.wake();
    clock.advance(100);
    assert.deepEqual(at, [0, 20]);
    clock.advance(100);
    playout.wake();
    assert.deepEqual(at, [0, 20, 205]);
  });

  it('goes on when it is woken within the tick that would have been the last', () => {
    const { clock, playout, at } = build(1, (index) => index === 0 && playout.wake());
    playout.wake();
    clock.advance(100);
    assert.deepEqual(at, [0, 20]);
  });

  it('goes on after a tick that throws only when it is woken again', () => {
    const { clock, playout, at } = build(3, (index) => {
      if (index === 0) throw new Error('broken');
    });
    assert.throws(() => playout.wake(), /broken/);
    clock.advance(100);
    assert.deepEqual(at, [0]);
    playout.wake();
    clock.advance(100);
    assert.deepEqual(at, [0, 100, 120]);
  });

  it('never ticks again once it is over', () => {
    const { clock, playout, at } = build(10);
    playout.wake();
    clock.advance(20);
    playout[Symbol.dispose]();
    playout.wake();
    clock.advance(200);
    assert.deepEqual(at, [0, 20]);
    assert.equal(clock.timers, 0);
  });

  it('keeps to the schedule over ten minutes of timers that fire up to 3 ms late', () => {
    const clock = new FakeClock();
    let ticks = 0;
    const lazy = {
      now: () => clock.now(),
      monotonicUs: () => clock.monotonicUs(),
      setInterval: clock.setInterval.bind(clock),
      setTimeout: (callback: () => void, ms: number) => clock.setTimeout(callback, Math.trunc(ms) + (ticks % 4)),
    };
    const playout = new PlayoutClock({
      clock: lazy,
      tick: () => {
        ticks += 1;
        return true;
      },
      onLate: () => assert.fail('late'),
    });
    playout.wake();
    clock.advance(600_000);
    assert.ok(ticks >= 30_000 && ticks <= 30_001, `${ticks}`);
  });
});
