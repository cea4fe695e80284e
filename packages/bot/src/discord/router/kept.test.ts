import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { Kept, keptLimits } from './kept.ts';

test('what is kept opens for its person only, until it is too old or forgotten', () => {
  const clock = new FakeClock();
  const kept = new Kept<string>(clock, 'parley:test:');
  const id = kept.keep('alice', 'a secret');
  assert.ok(kept.owns(id));
  assert.equal(kept.owns('parley:other:1'), false);
  assert.deepEqual(kept.open(id, 'bob'), { kind: 'not_yours' });
  assert.deepEqual(kept.open(id, 'alice'), { kind: 'open', value: 'a secret' });
  assert.deepEqual(kept.open(`${id}x`, 'alice'), { kind: 'expired' });
  clock.advance(keptLimits.keepMs + 1);
  assert.deepEqual(kept.open(id, 'alice'), { kind: 'expired' });
  const second = kept.keep('alice', 'another');
  kept.forget(second);
  assert.deepEqual(kept.open(second, 'alice'), { kind: 'expired' });
});

test('beyond the bound the oldest goes', () => {
  const kept = new Kept<number>(new FakeClock(), 'parley:test:');
  const first = kept.keep('alice', 0);
  for (let more = 1; more < keptLimits.most; more += 1) kept.keep('alice', more);
  assert.equal(kept.open(first, 'alice').kind, 'open');
  kept.keep('alice', keptLimits.most);
  assert.equal(kept.open(first, 'alice').kind, 'expired');
});
