import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { TempFolder } from '../../testing/temp-folder.ts';
import { Staging } from './staging.ts';

/** What is left of the lock of a process that was killed. */
const dead = '999999999 1';

test('an export that is killed while it clears up leaves what the next one to the same place clears', () => {
  using folder = new TempFolder();
  const out = folder.file('x.zip');
  const killed = new Staging(out, () => {
    throw new Error('killed');
  });
  writeFileSync(killed.path('track.ogg'), 'a part');
  assert.throws(() => killed[Symbol.dispose](), /killed/);
  assert.deepEqual(readdirSync(killed.folder), ['mux.lock', 'track.ogg']);
  writeFileSync(killed.path('mux.lock'), dead);
  {
    using next = new Staging(out);
    assert.deepEqual(readdirSync(next.folder), ['mux.lock']);
    writeFileSync(next.path('track.ogg'), 'a part');
  }
  assert.deepEqual(readdirSync(folder.path), []);
});

test('an export that was killed before it had its lock is not in the way of the next', () => {
  using folder = new TempFolder();
  const out = folder.file('x.zip');
  mkdirSync(`${out}.tmp`);
  writeFileSync(`${out}.tmp/mux.lock.1.tmp`, dead);
  {
    using _next = new Staging(out);
  }
  assert.equal(existsSync(`${out}.tmp`), false);
});
