import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { MemoryFs } from '../testing/memory-fs.ts';
import type { DiskFailure } from './disk-failure.ts';
import { FREE_SPACE_MS, FreeSpaceWatch } from './free-space.ts';

const makeWatch = (capacityBytes: number) => {
  const fs = new MemoryFs();
  fs.capacityBytes = capacityBytes;
  const clock = new FakeClock();
  const failures: DiskFailure[] = [];
  const low: number[] = [];
  const options = {
    fs,
    clock,
    path: '/rec',
    minFreeBytes: 100,
    onFailure: failures.push.bind(failures),
    onLow: low.push.bind(low),
  };
  const watch = new FreeSpaceWatch(options, capacityBytes);
  const look = async () => {
    clock.advance(FREE_SPACE_MS);
    await settle();
  };
  return { fs, clock, watch, failures, low, look };
};

test('free space is looked at every 10 s; close to the limit is told once, below it ends', async () => {
  const { fs, clock, watch, failures, low, look } = makeWatch(1000);
  fs.capacityBytes = 150;
  clock.advance(FREE_SPACE_MS - 1);
  await settle();
  assert.equal(watch.freeBytes, 1000);
  clock.advance(1);
  await settle();
  assert.equal(watch.freeBytes, 150);
  await look();
  assert.deepEqual(low, [150]);
  assert.deepEqual(failures, []);
  fs.capacityBytes = 99;
  await look();
  assert.deepEqual(
    failures.map(({ reason }) => reason),
    ['disk_full'],
  );
  await watch[Symbol.asyncDispose]();
  assert.equal(clock.timers, 0);
});

test('one look at a time, and a folder that is gone is a failure', async () => {
  const { fs, clock, watch, failures, look } = makeWatch(1000);
  const disk = Promise.withResolvers<void>();
  fs.fault = () => disk.promise;
  await look();
  await look();
  assert.equal(fs.calls.length, 1);
  fs.fault = () => 'ENOENT';
  disk.resolve();
  await settle();
  await look();
  assert.deepEqual(
    failures.map(({ reason, code }) => [reason, code]),
    [['folder_unwritable', 'ENOENT']],
  );
  await watch[Symbol.asyncDispose]();
  assert.equal(clock.timers, 0);
});
