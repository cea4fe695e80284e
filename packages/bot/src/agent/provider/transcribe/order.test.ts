import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import type { TranscriberEvent } from '../transcriber.ts';
import { CommitOrder } from './commit-order.ts';
import { PiecesInOrder } from './pieces-in-order.ts';
import { WaitingAudio } from './waiting-audio.ts';

const three = (): CommitOrder => {
  const order = new CommitOrder();
  for (const id of ['p1', 'p2', 'p3']) order.commit(id);
  return order;
};
const found = (order: CommitOrder): (string | null)[] => ['i1', 'i2', 'i3'].map((item) => order.of(item));

test('items find their commits by the item before them, in whatever order the news comes', () => {
  const news: readonly (readonly [string, string | null])[] = [
    ['i1', null],
    ['i2', 'i1'],
    ['i3', 'i2'],
  ];
  for (const [a, b, c] of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const) {
    const order = three();
    for (const at of [a, b, c, a]) {
      const [item = '', previous = null] = news[at] ?? [];
      order.committed(item, previous);
    }
    assert.deepEqual(found(order), ['p1', 'p2', 'p3'], `${a}${b}${c}`);
  }
});

test('a provider that names no order is taken as it comes', () => {
  const order = three();
  for (const item of ['i1', 'i2', 'i3']) order.committed(item, null);
  assert.deepEqual(found(order), ['p1', 'p2', 'p3']);
  const strange = three();
  for (const item of ['i1', 'i2', 'i3']) strange.committed(item, 'unheard-of');
  assert.deepEqual(found(strange), ['p1', 'p2', 'p3']);
});

test('a refused commit has no item; unnamed it is the oldest', () => {
  const order = three();
  assert.equal(order.refused('p2'), 'p2');
  assert.equal(order.refused('p9'), null);
  order.committed('i1', null);
  order.committed('i3', 'i1');
  assert.deepEqual(found(order), ['p1', null, 'p3']);
  const oldest = three();
  assert.equal(oldest.refused(null), 'p1');
});

const transcript = (text: string) => ({ type: 'final', transcript: { text, confidence: null } }) as const;

test('finals come in the order of their commits, one nothing is heard of fails after 15 s', () => {
  const clock = new FakeClock();
  const told: TranscriberEvent[] = [];
  const pieces = new PiecesInOrder(clock, (event) => told.push(event));
  for (const id of ['p1', 'p2', 'p3']) pieces.commit(id);
  pieces.settle('p2', transcript('two'));
  pieces.partial('p1', 'on');
  pieces.partial('p2', 'too late');
  assert.deepEqual(told, [{ type: 'partial', id: 'p1', text: 'on' }]);
  clock.advance(15_000);
  pieces.settle('p1', transcript('one'));
  assert.deepEqual(
    told.slice(1).map((event) => [event.type, 'id' in event ? event.id : null]),
    [
      ['failed', 'p1'],
      ['final', 'p2'],
    ],
  );
  pieces.end('dropped', 'close 1006');
  assert.deepEqual(told.at(-1), { type: 'failed', id: 'p3', code: 'dropped', message: 'close 1006' });
  assert.equal(clock.timers, 0);
});

test('audio that waits is bounded, the oldest goes first and is counted, ends of pieces stay', () => {
  const waiting = new WaitingAudio(10);
  waiting.append(new Uint8Array(6).fill(1));
  waiting.commit('p1');
  waiting.append(new Uint8Array(6).fill(2));
  waiting.append(new Uint8Array(4).fill(3));
  assert.equal(waiting.dropped, 6);
  waiting.append(new Uint8Array(3).fill(4));
  waiting.append(new Uint8Array(1).fill(5));
  waiting.commit('p2');
  waiting.append(new Uint8Array(2).fill(6));
  waiting.clear();
  assert.deepEqual(
    waiting.take().map((one) => (one.kind === 'audio' ? one.pcm[0] : one.id)),
    ['p1', 3, 4, 5, 'p2'],
  );
  assert.equal(waiting.dropped, 12);
  assert.deepEqual(waiting.take(), []);
});
