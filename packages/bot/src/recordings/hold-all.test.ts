import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Holdable, holdAll } from './hold-all.ts';

test('all are kept away until it is over, and none where one cannot be', async () => {
  const held = new Set<string>();
  const holdable = (name: string): Holdable => ({
    hold: async () => {
      held.add(name);
      return { [Symbol.dispose]: () => void held.delete(name) };
    },
  });
  {
    using _away = await holdAll([holdable('mixer'), holdable('notes')], 'a recording');
    assert.deepEqual([...held], ['mixer', 'notes']);
  }
  assert.equal(held.size, 0);
  const broken: Holdable = { hold: () => Promise.reject(new Error('busy')) };
  await assert.rejects(holdAll([holdable('mixer'), broken], 'a recording'), /busy/);
  assert.equal(held.size, 0);
});
