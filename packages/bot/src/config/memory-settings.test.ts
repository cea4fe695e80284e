import assert from 'node:assert/strict';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSettings } from './load-settings.ts';

const loaded = async (env: Record<string, string>) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-memory-settings-'));
  return loadSettings({ env, cwd: folder.path });
};

test('the memory is persistent as shipped', async () => {
  assert.equal((await loaded({})).settings.memoryMode, 'persistent');
});

test('a mode of the memory that does not exist is incognito, and the source says so', async () => {
  const { settings, sources } = await loaded({ PARLEY_MEMORY_MODE: 'persistant' });
  assert.equal(settings.memoryMode, 'incognito');
  assert.match(sources.memoryMode ?? '', /counts as incognito/);
});
