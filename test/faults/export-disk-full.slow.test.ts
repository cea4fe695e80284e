import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { exportRecording } from '@parley/mux';
import { snapshotOf, TempFolder, writeLongRecording } from '@parley/mux/testing';
import { need } from '../lib/need.ts';
import { fillDisk, mountSmallDisk, noSmallDisk, unmountSmallDisk } from './small-disk.ts';

/** What is asked for, and the bytes that are left: enough for some writes, whichever they are, and never for the whole. */
const cases = [
  ['opus', 20_000],
  ['opus', 300_000],
  ['wav', 300_000],
  ['flac', 300_000],
  ['mp3', 300_000],
] as const;

const reason = noSmallDisk();
test('an export for which the disk is too small says so, leaves nothing, and takes nothing from the recording', {
  ...need('ffmpeg'),
  ...(reason !== undefined && { skip: reason }),
}, async () => {
  using folder = new TempFolder();
  const recording = folder.file('rec');
  writeLongRecording(recording, { seconds: 60, people: 2, segments: 20, speechSeconds: 50 });
  const before = snapshotOf(recording);
  const disk = folder.file('disk');
  const out = join(disk, 'x.out');
  mountSmallDisk(disk);
  try {
    for (const [format, room] of cases) {
      const makeRoom = await fillDisk(disk, room);
      await assert.rejects(
        exportRecording(recording, { formats: [format], out }),
        (error: NodeJS.ErrnoException) => error.code === 'disk_failed' || error.code === 'ENOSPC',
        `${format} with ${room} bytes`,
      );
      assert.deepEqual(await readdir(disk), ['ballast'], format);
      await makeRoom();
    }
    await exportRecording(recording, { formats: ['opus'], out });
    assert.deepEqual(await readdir(disk), ['x.out']);
  } finally {
    unmountSmallDisk(disk);
  }
  assert.deepEqual(snapshotOf(recording), before);
});
