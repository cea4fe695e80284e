import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openTestStore, tempFolder } from '../store/testing/temp-store.ts';
import { canary, control } from './testing/canary.ts';

const child = fileURLToPath(new URL('./testing/incognito-child.ts', import.meta.url));

/** Names of the files under a folder that hold a text: the database, its journals, logs, whatever is there. */
const holding = async (folder: string, text: string): Promise<string[]> => {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    const bytes = await readFile(file);
    // Databases may keep text in either encoding.
    if (bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'))) found.push(entry.name);
  }
  return found;
};

for (const how of ['ends in order', 'is killed with -9'] as const) {
  test(`what was said in incognito is in no file when the process ${how}`, async () => {
    await using folder = await tempFolder();
    const env = { ...process.env, TMPDIR: folder.path };
    const args = [child, folder.path, how === 'ends in order' ? 'end' : 'hang'];
    const process_ = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: process_.stdout })) {
      if (line === 'said' && how === 'is killed with -9') process_.kill('SIGKILL');
    }
    if (process_.exitCode === null && process_.signalCode === null) await once(process_, 'exit');
    assert.deepEqual([process_.exitCode, process_.signalCode], how === 'ends in order' ? [0, null] : [null, 'SIGKILL']);
    assert.notDeepEqual(
      await holding(folder.path, control),
      [],
      'what was said before is kept: the search finds things',
    );
    assert.deepEqual(await holding(folder.path, canary), []);
    await using store = await openTestStore(folder.path);
    assert.equal((await store.memory.unfinished(Number.MAX_SAFE_INTEGER)).length <= 1, true, 'no thread of its own');
  });
}
