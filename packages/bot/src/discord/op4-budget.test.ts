import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { Op4Budget, op4Limits } from './op4-budget.ts';

test('fifty guilds that all want to join at once share sixty updates a minute, and each gets its turn', () => {
  const clock = new FakeClock();
  using budget = new Op4Budget(clock);
  const sent: { guild: string; at: number }[] = [];
  const guilds = Array.from({ length: 50 }, (_, index) => `guild-${index}`);
  for (let second = 0; second < 300; second += 1) {
    for (const guild of guilds) budget.submit(guild, () => void sent.push({ guild, at: clock.now() }));
    clock.advance(1000);
  }
  for (const { at } of sent) {
    const inWindow = sent.filter((other) => other.at >= at && other.at < at + op4Limits.windowMs).length;
    assert.ok(inWindow <= op4Limits.perWindow, `${inWindow} within a minute`);
  }
  const shares = guilds.map((guild) => sent.filter((entry) => entry.guild === guild).length);
  assert.ok(Math.max(...shares) - Math.min(...shares) <= 1, `${Math.min(...shares)}…${Math.max(...shares)}`);
  assert.ok(sent.length >= 290, `${sent.length} sent in five minutes`);
});

test('one guild in trouble leaves room for the others', () => {
  const clock = new FakeClock();
  using budget = new Op4Budget(clock);
  for (let second = 0; second < 60; second += 1) {
    budget.submit('noisy', () => undefined);
    clock.advance(1000);
  }
  budget.submit('noisy', () => undefined);
  let quietAt: number | null = null;
  const asked = clock.now();
  budget.submit('quiet', () => {
    quietAt = clock.now();
  });
  clock.advance(3000);
  assert.ok(quietAt !== null && quietAt - asked <= 2000);
});

test('the newest wish of a guild replaces the one that waits, and that is counted', () => {
  const clock = new FakeClock();
  using budget = new Op4Budget(clock);
  for (let index = 0; index < op4Limits.perWindow; index += 1) budget.submit(`g${index}`, () => undefined);
  const sent: string[] = [];
  budget.submit('late', () => void sent.push('join'));
  budget.submit('late', () => void sent.push('leave'));
  assert.equal(budget.waiting, 1);
  clock.advance(op4Limits.windowMs);
  assert.deepEqual(sent, ['leave']);
  assert.equal(budget.superseded, 1);
});

test('a disposed budget sends nothing and leaves no timer', () => {
  const clock = new FakeClock();
  const budget = new Op4Budget(clock);
  for (let index = 0; index < 61; index += 1) budget.submit(`g${index}`, () => undefined);
  assert.equal(clock.timers, 1);
  budget[Symbol.dispose]();
  assert.equal(clock.timers, 0);
});

test('an update that is taken back is not sent, and takes no room', () => {
  const clock = new FakeClock();
  using budget = new Op4Budget(clock);
  for (let index = 0; index < op4Limits.perWindow; index += 1) budget.submit(`g${index}`, () => undefined);
  const sent: string[] = [];
  budget.submit('gone', () => void sent.push('gone'));
  budget.submit('here', () => void sent.push('here'));
  budget.cancel('gone');
  clock.advance(op4Limits.windowMs);
  assert.deepEqual(sent, ['here']);
});
