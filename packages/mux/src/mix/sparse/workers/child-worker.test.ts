import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { TempFolder } from '../../../testing/temp-folder.ts';
import type { MixChunk } from '../chunk.ts';
import { ChildWorker } from './child-worker.ts';

const silence: MixChunk = { index: 0, from: 0, to: 48_000, ceilingDb: -3, people: [] };

const lives = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('a mixing process works, and is gone when it is disposed', async () => {
  await using worker = new ChildWorker();
  const { sizes, bytes } = await worker.mix(silence);
  assert.deepEqual([sizes.length, bytes.length], [50, 0]);
});

test('disposing one that hangs kills it, and fails what it had to do', async () => {
  using folder = new TempFolder();
  const path = folder.file('hangs.cjs');
  writeFileSync(path, "process.on('message', () => { for (;;); });");
  const worker = new ChildWorker(path);
  const mixed = worker.mix(silence);
  const failed = assert.rejects(mixed, /was killed by SIGKILL/);
  await worker[Symbol.asyncDispose]();
  await failed;
});

const noProc = process.platform === 'linux' ? false : 'no /proc here';

test('it dies with its parent, however that dies', { skip: noProc }, async () => {
  using folder = new TempFolder();
  const parent = folder.file('parent.mjs');
  const worker = JSON.stringify(join(import.meta.dirname, 'child-worker.ts'));
  writeFileSync(
    parent,
    `import { readFileSync } from 'node:fs';
     const { ChildWorker } = await import(${worker});
     const worker = new ChildWorker();
     await worker.mix({ index: 0, from: 0, to: 48000, ceilingDb: -3, people: [] });
     console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8'));
     setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const pid = Number(text.toString().trim());
  assert.ok(lives(pid));
  child.kill('SIGKILL');
  await once(child, 'exit');
  for (let i = 0; i < 1500 && lives(pid); i += 1) await after(20);
  assert.ok(!lives(pid));
});
