import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { drivers, openTestStore, tempFolder } from './testing/temp-store.ts';

const writer = fileURLToPath(new URL('./testing/writer-child.ts', import.meta.url));

for (const { driver, skip } of drivers) {
  test(`${driver}: what a writer had flushed is there after it was killed with -9`, { skip }, async () => {
    await using folder = await tempFolder();
    const child = spawn(process.execPath, [writer, folder.path, driver], { stdio: ['ignore', 'pipe', 'inherit'] });
    let flushed = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      flushed = Number(line);
      if (flushed < 500) continue;
      child.kill('SIGKILL');
      break;
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    assert.equal(child.signalCode, 'SIGKILL');
    await using store = await openTestStore(folder.path, { driver });
    const kept = await store.actions.countSince('1', 'voice_runtime', 0);
    assert.ok(kept >= flushed && flushed >= 500, `${flushed} flushed, ${kept} kept`);
    assert.equal(kept % 50, 0, 'a batch is there as a whole or not at all');
  });
}
