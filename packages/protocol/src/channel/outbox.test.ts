import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from './outbox.ts';

const drained = (outbox: Outbox, takes = Number.POSITIVE_INFINITY): string[] => {
  const sent: string[] = [];
  outbox.drain((frame) => sent.push(frame.toString()) < takes);
  return sent;
};
const fill = (outbox: Outbox, ...frames: [text: string, key?: string][]) =>
  frames.map(([text, key]) => outbox.add(Buffer.from(text), key ?? null));

test('frames leave in the order in which they came', () => {
  const outbox = new Outbox(10);
  fill(outbox, ['a'], ['b', 'k'], ['c'], ['d', 'k']);
  assert.deepEqual(drained(outbox), ['a', 'b', 'c', 'd']);
  assert.deepEqual([outbox.size, outbox.bytes, outbox.replaced], [0, 0, 0]);
});

test('above half of the limit only the newest of a key is kept, after the control frames', () => {
  const outbox = new Outbox(4);
  const offers = fill(outbox, ['a'], ['b'], ['c'], ['k1', 'k'], ['d'], ['l1', 'l'], ['k2', 'k']);
  assert.deepEqual(offers, ['queued', 'queued', 'queued', 'coalesced', 'queued', 'coalesced', 'coalesced']);
  assert.equal(outbox.replaced, 1);
  assert.deepEqual(drained(outbox), ['a', 'b', 'c', 'd', 'l1', 'k2']);
});

test('a newer keyed frame never overtakes an older one that still waits', () => {
  const outbox = new Outbox(4);
  fill(outbox, ['a'], ['b'], ['c'], ['started', 's']);
  assert.deepEqual(drained(outbox, 2), ['a', 'b']);
  assert.equal(outbox.crowded, false);
  fill(outbox, ['stopped', 't']);
  assert.deepEqual(drained(outbox), ['c', 'started', 'stopped']);
});

test('one control frame above the limit is an overflow', () => {
  const outbox = new Outbox(2);
  assert.deepEqual(fill(outbox, ['a'], ['b'], ['c'], ['k', 'k']), ['queued', 'queued', 'overflow', 'coalesced']);
});

test('the bytes that wait are bounded too', () => {
  const outbox = new Outbox(100, 10);
  assert.deepEqual(fill(outbox, ['12345'], ['67890'], ['x']), ['queued', 'queued', 'overflow']);
  assert.equal(outbox.bytes, 10);
});

test('with too many keys the oldest give way, so that chatter never ends a link', () => {
  const outbox = new Outbox(4);
  fill(outbox, ['a'], ['b'], ['c'], ['1', '1'], ['2', '2'], ['3', '3']);
  assert.equal(outbox.replaced, 1);
  assert.deepEqual(drained(outbox), ['a', 'b', 'c', '2', '3']);
});

test('a writer that takes one frame at a time gets them all', () => {
  const outbox = new Outbox(4);
  fill(outbox, ['a'], ['b'], ['c'], ['1', '1'], ['2', '2']);
  const sent: string[] = [];
  while (outbox.size > 0) sent.push(...drained(outbox, 1));
  assert.deepEqual(sent, ['a', 'b', 'c', '1', '2']);
  assert.equal(outbox.bytes, 0);
});
