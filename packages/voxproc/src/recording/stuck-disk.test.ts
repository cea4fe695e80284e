import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolError } from '@parley/protocol';
import { settle } from '@parley/protocol/testing';
import { type FsCall, heldDisk, MemoryFs } from '../testing/memory-fs.ts';
import { makeBench, person } from '../testing/simulate.ts';
import { Talker } from '../testing/talker.ts';
import { STUCK_MS } from './impatience.ts';

const A = '100000000000000001';

const stuckAt: FsCall['operation'][] = [
  'makeFolder',
  'create',
  'overwrite',
  'write',
  'sync',
  'close',
  'replace',
  'freeBytes',
];
for (const operation of stuckAt) {
  test(`a disk that never answers a ${operation} does not hold up the end of a recording, and says so`, async () => {
    const fs = new MemoryFs();
    const bench = makeBench({ fs });
    bench.recorder.setRoster(person(A));
    await bench.recorder.start(bench.spec);
    using disk = heldDisk();
    fs.fault = (call) => (call.operation === operation ? disk.promise : null);
    new Talker(bench, A).say(600);
    await settle();
    const before = bench.clock.now();
    const stopping = bench.recorder.stop('leave', 'asked').catch((error: unknown) => error);
    let answer: unknown = null;
    void stopping.then((result) => {
      answer = result;
    });
    while (answer === null && bench.clock.now() - before < 60_000) await bench.clock.run(100);
    assert.ok(answer instanceof ProtocolError && answer.code === 'folder_unwritable', String(answer));
    assert.ok(bench.clock.now() - before <= STUCK_MS + 1000, `${bench.clock.now() - before} ms`);
    const warned = bench.events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
    assert.ok(warned.includes('disk_failed'));

    fs.fault = () => null;
    disk.release();
    await settle();
    assert.equal(fs.openFiles, 0);
    await bench.recorder.start({ ...bench.spec, folder: '/other' });
    await bench.recorder.stop('leave', 'asked');
    await bench.recorder[Symbol.asyncDispose]();
    assert.equal(bench.clock.timers, 0);
  });
}

test('a disk that moves, however slowly, is waited for', async () => {
  const fs = new MemoryFs();
  const bench = makeBench({ fs });
  bench.recorder.setRoster(person(A));
  await bench.recorder.start(bench.spec);
  new Talker(bench, A).say(100);
  await settle();
  fs.fault = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.clock.setTimeout(resolve, STUCK_MS - 1000);
    return promise;
  };
  const stopping = bench.recorder.stop('leave', 'asked');
  await bench.clock.run(120_000, 500);
  assert.equal((await stopping).written, 100);
  await bench.recorder[Symbol.asyncDispose]();
});

test('while a recording runs a disk may stand still as long as it likes', async () => {
  const fs = new MemoryFs();
  const bench = makeBench({ fs });
  bench.recorder.setRoster(person(A));
  await bench.recorder.start(bench.spec);
  using disk = heldDisk();
  fs.fault = ({ operation }) => (operation === 'write' ? disk.promise : null);
  const talker = new Talker(bench, A);
  talker.say(1000);
  await settle();
  fs.fault = () => null;
  disk.release();
  await settle();
  talker.say(10);
  assert.equal((await bench.recorder.stop('leave', 'asked')).written, 1010);
  await bench.recorder[Symbol.asyncDispose]();
});
