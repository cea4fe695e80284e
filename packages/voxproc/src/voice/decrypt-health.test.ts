import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DecryptHealth, type HealthVerdict } from './decrypt-health.ts';

/** Feeds 50 frames a second from `fromMs` to `toMs`, of which `share` fail, ticking four times a second. */
const feed = (health: DecryptHealth, fromMs: number, toMs: number, share: number, userId = 'alice') => {
  const told: (HealthVerdict & { atMs: number })[] = [];
  let owed = 0;
  for (let at = fromMs; at < toMs; at += 20) {
    owed += share;
    if (owed >= 1) {
      owed -= 1;
      health.failed(userId, at);
    } else health.opened(userId, at);
    if (at % 240 === 0) told.push(...health.tick(at).map((verdict) => ({ ...verdict, atMs: at })));
  }
  return told;
};
const seconds = (ms: number): number => Math.round(ms / 1000);

describe('DecryptHealth', () => {
  it('says nothing of a person whose frames open', () => {
    assert.deepEqual(feed(new DecryptHealth(), 0, 20_000, 0), []);
  });

  it('bears a fifth of failures for ever', () => {
    assert.deepEqual(feed(new DecryptHealth(), 0, 60_000, 0.15), []);
  });

  it('bears one undecryptable second', () => {
    const health = new DecryptHealth();
    assert.deepEqual(
      [...feed(health, 0, 5000, 0), ...feed(health, 5000, 6000, 1), ...feed(health, 6000, 12_000, 0)],
      [],
    );
  });

  it('recovers three times, 10 and 20 s apart, and gives up 40 s after the third', () => {
    const told = feed(new DecryptHealth(), 0, 120_000, 1);
    assert.deepEqual(
      told.map((verdict) => `${verdict.kind} ${verdict.kind === 'recover' ? verdict.attempt : ''}`.trim()),
      ['recover 1', 'recover 2', 'recover 3', 'given_up'],
    );
    const [first, second, third, last] = told.map((verdict) => seconds(verdict.atMs));
    assert.ok(first !== undefined && first >= 2 && first <= 4);
    for (const [at, wanted] of [
      [second, first + 10],
      [third, first + 30],
      [last, first + 70],
    ] as const) {
      assert.ok(at !== undefined && Math.abs(at - wanted) <= 1, `${at} s instead of ${wanted} s`);
    }
  });

  it('tells that a person is well again, with the beginning of the bad stretch', () => {
    const health = new DecryptHealth();
    feed(health, 0, 10_000, 0);
    feed(health, 10_000, 14_000, 1);
    assert.deepEqual(
      health.open().map(({ userId }) => userId),
      ['alice'],
    );
    const told = feed(health, 14_000, 20_000, 0);
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['healthy'],
    );
    assert.ok(Math.abs((told[0]?.sinceMs ?? 0) - 10_000) <= 1000);
    assert.deepEqual(health.open(), []);
  });

  it('keeps trying to read a person given up, and starts afresh when they are well again', () => {
    const health = new DecryptHealth();
    feed(health, 0, 120_000, 1);
    assert.equal(health.isGivenUp('alice'), true);
    assert.deepEqual(
      feed(health, 120_000, 125_000, 0).map(({ kind }) => kind),
      ['healthy'],
    );
    assert.equal(health.isGivenUp('alice'), false);
    assert.deepEqual(
      feed(health, 125_000, 131_000, 1).map(({ kind }) => kind),
      ['recover'],
    );
  });

  it('does not let silence count as failure or as recovery', () => {
    const health = new DecryptHealth();
    assert.equal(feed(health, 0, 4000, 1).length, 1);
    for (let at = 4000; at < 60_000; at += 250)
      assert.deepEqual(
        health.tick(at).filter(({ kind }) => kind === 'healthy'),
        [],
      );
    assert.equal(health.open().length, 1);
  });

  it('judges each person alone', () => {
    const health = new DecryptHealth();
    for (let at = 0; at < 6000; at += 20) {
      health.opened('alice', at);
      health.failed('bob', at);
    }
    health.tick(3000);
    assert.deepEqual(
      health.tick(6000).map(({ userId }) => userId),
      ['bob'],
    );
  });

  it('forgets who left', () => {
    const health = new DecryptHealth();
    feed(health, 0, 4000, 1);
    health.forget('alice');
    assert.deepEqual(health.open(), []);
    assert.deepEqual(health.tick(4100), []);
  });
});
