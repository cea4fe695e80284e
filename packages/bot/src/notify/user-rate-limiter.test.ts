import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { UserRateLimiter } from './user-rate-limiter.ts';

test('a person has a burst, then one request each refill, and hears of a refusal once', () => {
  const clock = new FakeClock();
  const limiter = new UserRateLimiter(clock, { burst: 2, refillMs: 1000, maxUsers: 10 });
  const ask = (id = 'a') => limiter.take(id);
  assert.deepEqual([ask(), ask()], [{ allowed: true }, { allowed: true }]);
  assert.deepEqual(ask(), { allowed: false, retryAfterMs: 1000, tell: true });
  clock.advance(400);
  assert.deepEqual(ask(), { allowed: false, retryAfterMs: 600, tell: false });
  assert.deepEqual(ask('b'), { allowed: true }, 'somebody else is not held up');
  clock.advance(600);
  assert.deepEqual(ask(), { allowed: true });
  assert.deepEqual(ask(), { allowed: false, retryAfterMs: 1000, tell: true }, 'a new stretch is told anew');
  clock.advance(3_600_000);
  assert.deepEqual(
    [ask().allowed, ask().allowed, ask().allowed],
    [true, true, false],
    'no more than a burst is saved up',
  );
  assert.equal(limiter.refused, 4);
});

test('the limiter forgets the person longest unseen', () => {
  const limiter = new UserRateLimiter(new FakeClock(), { burst: 1, refillMs: 1000, maxUsers: 2 });
  limiter.take('a');
  limiter.take('b');
  limiter.take('a');
  limiter.take('c');
  assert.equal(limiter.size, 2);
  assert.equal(limiter.take('a').allowed, false, 'a was seen lately');
  assert.equal(limiter.take('b').allowed, true, 'b was forgotten');
});
