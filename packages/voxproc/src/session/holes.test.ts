import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Hole } from '@parley/mux';
import { Holes } from './holes.ts';

/** A recording whose sample 0 is at 10 s. */
const build = () => {
  const told: Hole[] = [];
  const holes = new Holes({ onHole: (hole) => told.push(hole), sampleAt: (us) => Math.round((us - 10e6) * 0.048) });
  return { holes, told };
};

describe('Holes', () => {
  it('tells of a hole when it ends', () => {
    const { holes, told } = build();
    holes.begin('reconnecting', 11e6);
    assert.deepEqual(told, []);
    holes.end('reconnecting', 12e6);
    assert.deepEqual(told, [{ fromSample: 48_000, toSample: 96_000, reason: 'reconnecting' }]);
    holes.end('reconnecting', 13e6);
    assert.equal(told.length, 1);
  });

  it('keeps the earliest beginning', () => {
    const { holes, told } = build();
    holes.begin('reconnecting', 11e6);
    holes.begin('reconnecting', 12e6);
    holes.end('reconnecting', 13e6);
    assert.equal(told[0]?.fromSample, 48_000);
  });

  it('cuts off what lies before sample 0, and tells of nothing empty', () => {
    const { holes, told } = build();
    holes.begin('server_deafened', 0);
    holes.begin('reconnecting', 5e6);
    holes.end('reconnecting', 6e6);
    holes.endAll(11e6);
    assert.deepEqual(told, [{ fromSample: 0, toSample: 48_000, reason: 'server_deafened' }]);
  });

  it('forgets what turned out to be none', () => {
    const { holes, told } = build();
    holes.begin('reconnecting', 11e6);
    holes.discard('reconnecting');
    holes.endAll(20e6);
    assert.deepEqual(told, []);
  });

  it('keeps people and reasons apart, and tells of a long hole in parts', () => {
    const { holes, told } = build();
    holes.beginPerson('alice', 'undecryptable', 11e6);
    holes.beginPerson('bob', 'undecryptable', 11e6);
    holes.checkpoint('alice', 12e6);
    holes.endPerson('alice', 13e6);
    holes.split(14e6);
    holes.endAll(15e6);
    assert.deepEqual(
      told.map(({ userId, fromSample, toSample }) => [userId, fromSample / 48_000, toSample / 48_000]),
      [
        ['alice', 1, 2],
        ['alice', 2, 3],
        ['bob', 1, 4],
        ['bob', 4, 5],
      ],
    );
  });
});
