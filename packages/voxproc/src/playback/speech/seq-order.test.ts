import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeqOrder } from './seq-order.ts';

const pushAll = (seqs: readonly number[]) => {
  const order = new SeqOrder<number>();
  return { order, got: seqs.map((seq) => order.push(seq, seq)) };
};

for (const [says, seqs, got, missing] of [
  ['what comes in order goes on at once', [0, 1, 2], [[0], [1], [2]], 0],
  ['what comes out of order waits for what is before it', [0, 2, 3, 1], [[0], [], [], [1, 2, 3]], 0],
  ['what comes twice, or too late, is refused', [0, 1, 1, 0, 3, 3], [[0], [1], null, null, [], null], 0],
  [
    'the ninth that waits gives up the one before them, and it is refused afterwards',
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 10],
    [[], [], [], [], [], [], [], [], [1, 2, 3, 4, 5, 6, 7, 8, 9], null, [10]],
    1,
  ],
] as const) {
  test(says, () => {
    const { order, got: actual } = pushAll(seqs);
    assert.deepEqual(actual, got);
    assert.equal(order.missing, missing);
  });
}

test('at the end all that is missing is counted, between and after', () => {
  const { order } = pushAll([0, 2, 5]);
  assert.deepEqual(order.finish(8), [2, 5]);
  assert.equal(order.missing, 5);
  assert.equal(order.next, 8);
  assert.equal(order.push(6, 6), null);
});
