import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bootId } from './boot-id.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { tempFolder } from './testing/temp-store.ts';

const locker = fileURLToPath(new URL('./testing/lock-child.ts', import.meta.url));

const start = async (folder: string): Promise<{ child: ChildProcess; said: string }> => {
  const child = spawn(process.execPath, [locker, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: String(said) };
};

const lockFile = (folder: string): string => join(folder, 'parley.lock');

test('of two processes the second is refused while the first lives, and served when it has gone', async () => {
  await using folder = await tempFolder();
  const first = await start(folder.path);
  const second = await start(folder.path);
  assert.deepEqual([first.said, second.said], ['locked', 'data_folder_locked']);
  await assert.rejects(lockDataFolder(folder.path), (error: Error) => {
    assert.match(error.message, new RegExp(`process ${first.child.pid}\\b.*PARLEY_DATA_DIR`));
    return true;
  });
  first.child.stdin?.end();
  await once(first.child, 'exit');
  assert.deepEqual(await readdir(folder.path), []);
  await using _mine = await lockDataFolder(folder.path);
});

test('the lock of a process that was killed with -9 is taken over', async () => {
  await using folder = await tempFolder();
  const { child, said } = await start(folder.path);
  assert.equal(said, 'locked');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.deepEqual(await readdir(folder.path), ['parley.lock']);
  await using _mine = await lockDataFolder(folder.path);
  assert.equal(JSON.parse(await readFile(lockFile(folder.path), 'utf8')).pid, process.pid);
});

const stale: readonly (readonly [string, string])[] = [
  ['another boot', JSON.stringify({ pid: process.pid, bootId: 'other', startTicks: null, token: 't' })],
  ['a process number used again', JSON.stringify({ pid: process.pid, bootId: bootId(), startTicks: '1', token: 't' })],
  ['a torn write', '{"pid": 1'],
  ['something else', '[]'],
  ['nothing', ''],
];
for (const [what, content] of stale) {
  test(`a lock left by ${what} is taken over`, async () => {
    await using folder = await tempFolder();
    await writeFile(lockFile(folder.path), content);
    await using _mine = await lockDataFolder(folder.path);
    assert.deepEqual(await readdir(folder.path), ['parley.lock']);
  });
}

test('of many that find a stale lock exactly one gets it', async () => {
  await using folder = await tempFolder();
  await writeFile(lockFile(folder.path), '{}');
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataFolder(folder.path)));
  const held = tries.filter((result) => result.status === 'fulfilled');
  assert.equal(held.length, 1);
  for (const result of held) await result.value[Symbol.asyncDispose]();
  assert.deepEqual(await readdir(folder.path), []);
});

test('releasing leaves alone a lock that is not ours any more', async () => {
  await using folder = await tempFolder();
  const mine = await lockDataFolder(folder.path);
  const other = JSON.stringify({ pid: 1, bootId: bootId(), startTicks: null, token: 'other' });
  await writeFile(lockFile(folder.path), other);
  await mine[Symbol.asyncDispose]();
  assert.equal(await readFile(lockFile(folder.path), 'utf8'), other);
});

test('a boot has one name', () => {
  assert.equal(bootId(), bootId());
  assert.match(bootId(), /^[\w-]{8,}$/);
});
