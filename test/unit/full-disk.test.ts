import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ExportFormat, exportRecording, MuxError } from '@parley/mux';
import { RecordingBuilder, TempFolder, tonePackets } from '@parley/mux/testing';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { RecordingRun } from '../../packages/bot/src/recordings/recording-run.ts';
import { readSessionFile, writeSessionFile } from '../../packages/bot/src/recordings/session-files.ts';
import { fillDisk, mountSmallDisk, noSmallDisk, unmountSmallDisk } from '../faults/small-disk.ts';

const skip = noSmallDisk();

const recording = {
  sessionId: '00000000-0000-4000-8000-000000000001',
  guildId: '100000000000000001',
  channelId: '200000000000000001',
  channelName: 'Table',
  requestedByUserId: '400000000000000001',
};

/** A real disk of a few megabytes below `recordingsDir`, gone at the end. */
const smallDisk = async () => {
  const recordingsDir = await mkdtemp(join(tmpdir(), 'parley-full-'));
  mountSmallDisk(recordingsDir);
  const options = {
    ...{ recordingsDir, bootId: 'boot', silenceMs: 1000, durable: false, minFreeBytes: 0, clock: new FakeClock() },
    logger: pino({ level: 'silent' }),
  };
  return {
    options,
    recordingsDir,
    async [Symbol.asyncDispose]() {
      unmountSmallDisk(recordingsDir);
      await rm(recordingsDir, { recursive: true });
    },
  };
};

test('on a full disk a recording does not begin, and nothing of it is left', { skip }, async () => {
  await using the = await smallDisk();
  const makeRoom = await fillDisk(the.recordingsDir);
  await assert.rejects(RecordingRun.start(the.options, recording), { code: 'ENOSPC' });
  assert.deepEqual(await readdir(join(the.recordingsDir, 'sessions')).catch(() => []), []);
  await makeRoom();
  await using run = await RecordingRun.start(the.options, recording);
  assert.equal((await readSessionFile(run.folder))?.status, 'recording');
});

test('a disk that is full at the end of a recording leaves session.json as it was, whole, and no draft of it', {
  skip,
}, async () => {
  await using the = await smallDisk();
  await using run = await RecordingRun.start(the.options, recording);
  const before = await readSessionFile(run.folder);
  assert.ok(before);
  const makeRoom = await fillDisk(the.recordingsDir);
  await assert.rejects(run.finish('disk_full', 480_000), { code: 'ENOSPC' });
  assert.deepEqual(await readSessionFile(run.folder), before);
  await assert.rejects(writeSessionFile(run.folder, before), { code: 'ENOSPC' });
  assert.deepEqual((await readdir(run.folder)).toSorted(), ['journal', 'segments', 'session.json']);
  await makeRoom();
  await writeSessionFile(run.folder, { ...before, status: 'muxing' });
  assert.equal((await readSessionFile(run.folder))?.status, 'muxing');
});

const exports: [format: ExportFormat, leaveBytes: number][] = [
  ['opus', 0],
  ['opus', 12_288],
  ['labels', 0],
  ['wav', 65_536],
  ['mix-flac', 65_536],
];
for (const [format, leaveBytes] of exports) {
  test(`an export as ${format} onto a disk with room for ${leaveBytes} bytes fails in words, and leaves nothing there`, {
    skip,
  }, async () => {
    await using the = await smallDisk();
    using folder = new TempFolder();
    const builder = new RecordingBuilder(folder.path).person({ userId: '1' });
    builder.segment({ userId: '1', startSample: 0, packets: tonePackets({ frequency: 440, levelDb: -12 }, 480_000) });
    builder.end(480_000);
    const makeRoom = await fillDisk(the.recordingsDir, leaveBytes);
    const out = join(the.recordingsDir, 'out');
    const job = () => exportRecording(folder.path, { formats: [format], out });
    await assert.rejects(job(), (error) => {
      assert.ok(error instanceof MuxError || (error as NodeJS.ErrnoException).code === 'ENOSPC', String(error));
      return true;
    });
    assert.deepEqual(await readdir(the.recordingsDir), ['ballast']);
    await makeRoom();
    assert.ok((await job()).bytes > 0);
    assert.deepEqual(await readdir(the.recordingsDir), ['out']);
  });
}
