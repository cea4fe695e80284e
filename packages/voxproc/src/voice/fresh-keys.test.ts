import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FreshKeys, GATHER_US } from './fresh-keys.ts';

describe('FreshKeys', () => {
  it('opens at once when the first frame comes first', () => {
    const keys = new FreshKeys();
    assert.deepEqual(
      [1, 3, 2, 4].map((nonce) => keys.admit('alice', nonce, 0)),
      ['open', 'open', 'open', 'open'],
    );
  });

  it('gathers until the first frame comes, or for a tenth of a second', () => {
    const keys = new FreshKeys();
    assert.deepEqual(
      [3, 2, 1].map((nonce) => keys.admit('alice', nonce, 0)),
      ['gather', 'gather', 'flush'],
    );
    keys.settled('alice');
    assert.equal(keys.admit('alice', 4, 0), 'open');
    assert.equal(keys.admit('bob', 5000, 0), 'gather');
    assert.equal(keys.admit('bob', 4999, GATHER_US - 1), 'gather');
    assert.deepEqual(keys.due(GATHER_US - 1), []);
    assert.deepEqual(keys.due(GATHER_US), ['bob']);
    assert.equal(keys.admit('bob', 5001, GATHER_US), 'flush');
  });

  it('gathers again after a change of keys, announced or seen by the nonce', () => {
    const keys = new FreshKeys();
    keys.admit('alice', 1, 0);
    keys.admit('alice', 2000, 0);
    keys.changed();
    assert.equal(keys.admit('alice', 3, 0), 'gather');
    keys.admit('bob', 1, 0);
    keys.admit('bob', 2000, 0);
    assert.equal(keys.admit('bob', 1990, 0), 'open');
    assert.equal(keys.admit('bob', 3, 0), 'gather');
    assert.equal(keys.admit('bob', 4, 0), 'gather');
  });

  it('does not lose who is being gathered when keys change', () => {
    const keys = new FreshKeys();
    keys.admit('alice', 7, 0);
    keys.changed();
    assert.deepEqual(keys.due(GATHER_US), ['alice']);
  });
});
