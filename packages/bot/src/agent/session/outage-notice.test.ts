import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { OutageNotice, outageGapMs } from './outage-notice.ts';

const rig = () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const notice = new OutageNotice<string>({
    clock,
    tell: { lost: (outage) => told.push(outage), back: () => told.push('back') },
  });
  return { clock, told, notice };
};

test('a provider that comes and goes is told of once in two minutes, and what is so at their end is told', () => {
  const { clock, told, notice } = rig();
  for (const outage of ['first', 'second', 'third']) {
    notice.lost(outage);
    notice.lost('again');
    clock.advance(20_000);
    notice.back();
    clock.advance(20_000);
  }
  assert.deepEqual(told, ['first', 'back']);
  notice.lost('lasting');
  assert.ok(notice.isOut);
  clock.advance(outageGapMs);
  notice.back();
  assert.deepEqual(told, ['first', 'back', 'lasting', 'back']);
});

test('an outage that is over before it was told is never told', () => {
  const { clock, told, notice } = rig();
  notice.lost('first');
  notice.back();
  notice.lost('second');
  clock.advance(20_000);
  notice.back();
  clock.advance(outageGapMs * 2);
  assert.deepEqual(told, ['first', 'back']);
  assert.equal(clock.timers, 0);
});

test('one that is closed tells nothing more and leaves no timer', () => {
  const { clock, told, notice } = rig();
  notice.lost('first');
  notice.back();
  notice.lost('second');
  notice[Symbol.dispose]();
  notice.lost('third');
  clock.advance(outageGapMs * 2);
  assert.deepEqual([told, clock.timers], [['first', 'back'], 0]);
});
