import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { type Fault, MemoryFs } from '../testing/memory-fs.ts';
import type { DiskFailure } from './disk-failure.ts';
import { FileQueue } from './file-queue.ts';

const PATH = '/rec/file';

const makeQueue = ({ fault, limitBytes = 1000 }: { fault?: Fault; limitBytes?: number } = {}) => {
  const fs = new MemoryFs();
  fs.folders.add('/rec');
  if (fault !== undefined) fs.fault = fault;
  const clock = new FakeClock();
  const failures: DiskFailure[] = [];
  const slow: number[] = [];
  const queue = new FileQueue({
    path: PATH,
    open: () => fs.create(PATH),
    limitBytes,
    clock,
    onFailure: (failure) => failures.push(failure),
    onSlow: (ms) => slow.push(ms),
  });
  return { fs, clock, queue, failures, slow, text: () => fs.files.get(PATH)?.toString() ?? null };
};

const piece = (text: string) => Buffer.from(text);

test('pieces are written in order, those that wait together in one call', async () => {
  const { fs, queue, text } = makeQueue();
  for (let index = 1; index <= 5; index += 1) queue.append(piece(`${index},`), index);
  assert.equal(queue.pendingBytes, 10);
  assert.deepEqual(await queue.close(), { bytes: 10, mark: 5, failure: null });
  assert.equal(text(), '1,2,3,4,5,');
  assert.equal(fs.calls.filter(({ operation }) => operation === 'write').length, 1);
  assert.equal(queue.pendingBytes, 0);
  assert.equal(fs.openFiles, 0);
});

test('a sync comes after what was appended before it, and closing syncs', async () => {
  const { fs, queue } = makeQueue();
  queue.append(piece('a'), 1);
  queue.requestSync();
  await settle();
  queue.append(piece('b'), 2);
  await queue.close();
  assert.deepEqual(
    fs.calls.map(({ operation }) => operation),
    ['create', 'write', 'sync', 'write', 'sync', 'close'],
  );
});

test('a slow disk delays nobody, fills the queue, and is told of', async () => {
  const disk = Promise.withResolvers<void>();
  const { clock, queue, slow, text } = makeQueue({
    fault: ({ operation, index }) => (operation === 'write' && index === 0 ? disk.promise : null),
    limitBytes: 6,
  });
  queue.append(piece('one'), 1);
  await settle();
  queue.append(piece('two'), 2);
  assert.equal(queue.isFull, true);
  assert.equal(queue.writtenMark, 0);
  clock.advance(700);
  disk.resolve();
  await settle();
  assert.equal(queue.isFull, false);
  assert.equal(queue.writtenMark, 2);
  assert.deepEqual(slow, [700]);
  assert.equal(queue.slowestMs, 700);
  assert.equal((await queue.close()).bytes, 6);
  assert.equal(text(), 'onetwo');
});

test('a write that was cut short is gone on with', async () => {
  const { fs, queue, text } = makeQueue();
  const create = fs.create.bind(fs);
  fs.create = async (path) => {
    const file = await create(path);
    return { ...file, write: (buffers) => file.write([Buffer.concat(buffers).subarray(0, 3)]) };
  };
  queue.append(piece('hello '), 6);
  queue.append(piece('world'), 11);
  assert.deepEqual(await queue.close(), { bytes: 11, mark: 11, failure: null });
  assert.equal(text(), 'hello world');
});

test('when the disk is full the torn piece is cut off, the whole ones stay, and it is told once', async () => {
  const { fs, queue, failures, text } = makeQueue();
  queue.append(piece('whole'), 5);
  await settle();
  fs.capacityBytes = 12;
  queue.append(piece('whole'), 10);
  queue.append(piece('torn'), 14);
  const outcome = await queue.close();
  assert.equal(text(), 'wholewhole');
  assert.deepEqual([outcome.bytes, outcome.mark, outcome.failure?.reason], [10, 10, 'disk_full']);
  assert.equal(failures.length, 1);
  assert.equal(failures[0]?.code, 'ENOSPC');
  assert.equal(fs.openFiles, 0);
  queue.append(piece('more'), 18);
  queue.requestSync();
  assert.equal(queue.pendingBytes, 0);
  assert.equal(queue.isFull, true);
  assert.equal(await queue.close(), outcome);
});

test('a failure at every point ends the file once and leaves nothing open', async () => {
  const table: [operation: string, code: string, reason: string, mark: number][] = [
    ['create', 'EACCES', 'folder_unwritable', 0],
    ['create', 'ENOSPC', 'disk_full', 0],
    ['write', 'EIO', 'folder_unwritable', 0],
    ['write', 'EDQUOT', 'disk_full', 0],
    ['sync', 'EIO', 'folder_unwritable', 1],
    ['close', 'EIO', 'folder_unwritable', 1],
  ];
  for (const [operation, code, reason, mark] of table) {
    const { fs, queue, failures } = makeQueue({ fault: (call) => (call.operation === operation ? code : null) });
    queue.append(piece('x'), 1);
    const outcome = await queue.close();
    assert.deepEqual([outcome.failure?.reason, outcome.failure?.code, outcome.mark], [reason, code, mark], operation);
    assert.equal(failures.length, 1, operation);
    assert.equal(fs.openFiles, 0, operation);
  }
});

test('a write that makes no progress is a failure, not a loop', async () => {
  const { fs, queue } = makeQueue();
  const create = fs.create.bind(fs);
  fs.create = async (path) => ({ ...(await create(path)), write: async () => 0 });
  queue.append(piece('x'), 1);
  assert.equal((await queue.close()).failure?.code, 'EIO');
});

test('a file that had content keeps it when it fails', async () => {
  const fs = new MemoryFs();
  fs.folders.add('/rec');
  fs.files.set(PATH, Buffer.from('before\n'));
  const queue = new FileQueue({
    path: PATH,
    open: () => fs.append(PATH),
    limitBytes: 1000,
    clock: new FakeClock(),
    onFailure: () => undefined,
    onSlow: () => undefined,
  });
  fs.capacityBytes = 9;
  queue.append(piece('line\n'), 1);
  await queue.close();
  assert.equal(fs.text(PATH), 'before\n');
});
