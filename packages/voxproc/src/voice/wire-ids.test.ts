import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ssrcOf, userIdOf } from './wire-ids.ts';

test('only a snowflake is taken for a person', () => {
  const id = '123456789012345678';
  assert.equal(userIdOf(id), id);
  for (const other of [
    '../../../evil',
    `${id}/..`,
    '',
    'alice',
    '123',
    123456789012345678n,
    12,
    null,
    undefined,
    { id },
  ]) {
    assert.equal(userIdOf(other), null, String(other));
  }
});

test('only a 32-bit number is taken for an SSRC', () => {
  for (const good of [1, 0xffff_ffff]) assert.equal(ssrcOf(good), good);
  for (const other of [0, -1, 1.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY, '7', null, undefined]) {
    assert.equal(ssrcOf(other), null, String(other));
  }
});
