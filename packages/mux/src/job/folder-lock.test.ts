import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { MuxError } from '../mux-error.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { FolderLock } from './folder-lock.ts';
import { currentBootId, processStartTicks } from './process-identity.ts';

const own = `${process.pid} ${processStartTicks(process.pid)}`;

const leftLocks: [what: string, content: string, taken: boolean][] = [
  ['of a process that has ended', '999999999 1', true],
  ['of a process whose id another one has by now', `${process.pid} 1`, true],
  ['that was torn by a power cut', '', true],
  ['of a process of another boot, whose id and start one of this has', `${own} a-lock another-boot`, true],
  ['of a process that lives', `${own} a-lock ${currentBootId() ?? ''}`, false],
  ['of a process that lives, written without a boot', own, false],
];
for (const [what, content, taken] of leftLocks) {
  test(`a lock ${what} is ${taken ? 'taken over' : 'respected'}`, () => {
    using folder = new TempFolder();
    const path = join(folder.path, 'mux.lock');
    writeFileSync(path, content);
    const take = () => {
      using _lock = new FolderLock(folder.path);
      assert.ok(readFileSync(path, 'utf8').startsWith(own));
    };
    if (taken) take();
    else assert.throws(take, (error) => error instanceof MuxError && error.code === 'busy');
    assert.deepEqual(readdirSync(folder.path), taken ? [] : ['mux.lock']);
  });
}

test('a lock that somebody else has by now is not removed with ours', () => {
  using folder = new TempFolder();
  const path = join(folder.path, 'mux.lock');
  {
    using _lock = new FolderLock(folder.path);
    writeFileSync(path, '999999999 1');
  }
  assert.ok(existsSync(path));
});

test('of several that take over a dead lock at the same moment one gets it', async (t) => {
  using folder = new TempFolder();
  const rounds = 200;
  for (let round = 0; round < rounds; round += 1) {
    mkdirSync(join(folder.path, String(round)));
    writeFileSync(join(folder.path, String(round), 'mux.lock'), '999999999 1');
  }
  // Both wait for the other one before each round, and keep what they got.
  const gate = new Int32Array(new SharedArrayBuffer(4 * rounds));
  const code = `
    const { workerData: { lock, root, gate } } = require('node:worker_threads');
    import(lock).then(({ FolderLock }) => {
      let won = 0;
      for (let round = 0; round < gate.length; round += 1) {
        Atomics.add(gate, round, 1);
        for (let left = 1e8; left > 0 && Atomics.load(gate, round) < 2; left -= 1);
        try { new FolderLock(root + '/' + round); won += 1; } catch (error) { if (error.code !== 'busy') throw error; }
      }
      require('node:worker_threads').parentPort.postMessage(won);
    });`;
  const workerData = { lock: new URL('folder-lock.ts', import.meta.url).href, root: folder.path, gate };
  const workers = [1, 2].map(() => new Worker(code, { eval: true, workerData }));
  await using stack = new AsyncDisposableStack();
  for (const worker of workers) stack.defer(async () => void (await worker.terminate()));
  const won: number[] = (await Promise.all(workers.map((worker) => once(worker, 'message')))).map(([count]) => count);
  t.diagnostic(`${rounds} dead locks, taken ${won.join(' and ')} times`);
  assert.equal(
    won.reduce((sum, count) => sum + count, 0),
    rounds,
  );
});
