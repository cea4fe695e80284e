import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from './slots.ts';

test('a guild counts once however many leases it has, and gives its place back with the last', () => {
  const slots = new Slots(() => 2);
  const first = slots.lease('a');
  const again = slots.lease('a');
  assert.ok(slots.lease('b'));
  assert.equal(slots.lease('c'), null);
  assert.ok(first && again);
  assert.equal(slots.inUse, 2);
  assert.equal(slots.inUseByOthers('a'), 1);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert.equal(slots.lease('c'), null);
  again[Symbol.dispose]();
  assert.ok(slots.lease('c'));
});

test('a limit of 0 is 0, and a raised limit counts from then on', () => {
  let limit = 0;
  const slots = new Slots(() => limit);
  assert.equal(slots.lease('a'), null);
  limit = 1;
  assert.ok(slots.lease('a'));
});
