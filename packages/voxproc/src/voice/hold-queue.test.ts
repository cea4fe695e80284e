import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOLD_US, HoldQueue } from './hold-queue.ts';

describe('HoldQueue', () => {
  it('keeps order, and gives each key its own', () => {
    const queue = new HoldQueue<string, number>(10, () => assert.fail('nothing to give up'));
    for (const [key, item] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const)
      queue.add(key, item, 0);
    assert.deepEqual(queue.take('a'), [1, 3]);
    assert.deepEqual(queue.take('a'), []);
    assert.deepEqual(queue.take('b'), [2]);
  });

  it('gives up after two seconds, not before', () => {
    const given: number[] = [];
    const queue = new HoldQueue<string, number>(10, (item) => given.push(item));
    queue.add('a', 1, 0);
    queue.add('a', 2, 1000);
    queue.expire(HOLD_US - 1);
    assert.deepEqual(given, []);
    queue.expire(HOLD_US);
    assert.deepEqual(given, [1]);
    queue.clear();
    assert.deepEqual(given, [1, 2]);
  });

  it('gives up the oldest when it is full', () => {
    const given: number[] = [];
    const queue = new HoldQueue<string, number>(2, (item) => given.push(item));
    for (let item = 0; item < 5; item += 1) queue.add('a', item, item);
    assert.deepEqual(given, [0, 1, 2]);
    assert.equal(queue.size, 2);
  });

  it('lets everything leave exactly once', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), key: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ do: fc.constant('take' as const), key: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ do: fc.constant('expire' as const), key: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const out: number[] = [];
        const queue = new HoldQueue<number, number>(5, (item) => out.push(item));
        let added = 0;
        steps.forEach((action, at) => {
          if (action.do === 'add') queue.add(action.key, added++, at * 400_000);
          else if (action.do === 'take') out.push(...queue.take(action.key));
          else queue.expire(at * 400_000);
          assert.ok(queue.size <= 5);
        });
        queue.clear();
        assert.deepEqual(
          out.toSorted((a, b) => a - b),
          Array.from({ length: added }, (_, item) => item),
        );
      }),
    );
  });
});
