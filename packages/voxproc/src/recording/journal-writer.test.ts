import assert from 'node:assert/strict';
import { test } from 'node:test';
import { journalLineSchema } from '@parley/mux';
import { FakeClock, settle } from '@parley/protocol/testing';
import { MemoryFs } from '../testing/memory-fs.ts';
import { JournalWriter } from './journal-writer.ts';
import { RecordingClock } from './recording-clock.ts';

const PATH = '/rec/journal/voxproc-0.jsonl';

const makeJournal = () => {
  const fs = new MemoryFs();
  fs.folders.add('/rec/journal');
  const clock = new FakeClock({ now: 5000, monotonicUs: 1_000_000 });
  const said: string[] = [];
  const journal = new JournalWriter({
    fs,
    path: PATH,
    clock,
    time: new RecordingClock(1_000_000, 5000),
    onFailure: ({ code }) => said.push(code),
    onSlow: () => said.push('slow'),
    onDropped: () => said.push('dropped'),
  });
  return { fs, clock, journal, said };
};

test('lines are appended in order with their time on both clocks, at once', async () => {
  const { fs, clock, journal } = makeJournal();
  journal.write({ type: 'voxproc_joined', pid: 7, n: 0 });
  clock.advance(1500);
  journal.write({ type: 'segment_opened', segmentId: '1/000000000000-1' });
  journal.write({ type: 'hole', fromSample: 0, toSample: 48_000, reason: 'reconnecting' });
  await settle();
  const lines = fs
    .text(PATH)
    .trimEnd()
    .split('\n')
    .map((line) => journalLineSchema.parse(JSON.parse(line)));
  assert.deepEqual(
    lines.map(({ type, at, sample }) => [type, at, sample]),
    [
      ['voxproc_joined', 5000, 0],
      ['segment_opened', 6500, 72_000],
      ['hole', 6500, 72_000],
    ],
  );
});

test('a sync is asked for only when there is something new', async () => {
  const { fs, journal } = makeJournal();
  journal.sync();
  journal.write({ type: 'pause', on: true });
  journal.sync();
  journal.sync();
  await settle();
  assert.equal(fs.calls.filter(({ operation }) => operation === 'sync').length, 1);
});

test('a disk that stands still drops lines at the bound and says so; one that fails is told', async () => {
  const { fs, journal, said } = makeJournal();
  const disk = Promise.withResolvers<void>();
  fs.fault = ({ operation }) => (operation === 'write' ? disk.promise : null);
  for (let line = 0; line < 20_000; line += 1) journal.write({ type: 'pause', on: true });
  assert.ok(journal.queue.pendingBytes <= 1024 * 1024 + 200);
  assert.ok(said.includes('dropped'));
  fs.fault = () => 'EIO';
  disk.resolve();
  const outcome = await journal.close();
  assert.equal(outcome.failure?.code, 'EIO');
  assert.deepEqual(
    said.filter((word) => word !== 'dropped'),
    ['EIO'],
  );
});

test('after a failure lines are refused without blaming the disk for being slow', async () => {
  const { fs, journal, said } = makeJournal();
  fs.fault = () => 'ENOSPC';
  journal.write({ type: 'pause', on: true });
  await settle();
  journal.write({ type: 'pause', on: false });
  assert.deepEqual(said, ['ENOSPC']);
  await journal.close();
});
