import assert from 'node:assert/strict';
import { appendFile, type FileHandle, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { journalLineSchema } from '@parley/mux';
import { pino } from 'pino';
import { SupervisorJournal, waitingLinesAllowed } from './supervisor-journal.ts';

const logger = pino({ level: 'silent' });

const temporary = async () => {
  const path = await mkdtemp(join(tmpdir(), 'parley-journal-'));
  return {
    file: join(path, 'supervisor.jsonl'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
};

test('lines are on disk in their order after a flush, each valid by the schema', async () => {
  await using folder = await temporary();
  await using journal = await SupervisorJournal.open(folder.file, logger);
  for (let sample = 0; sample < 50; sample += 1) journal.append({ at: 1, sample }, { type: 'pause', on: true });
  await journal.flush();
  const lines = (await readFile(folder.file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => journalLineSchema.parse(JSON.parse(line)));
  assert.deepEqual(
    lines.map(({ sample }) => sample),
    Array.from({ length: 50 }, (_, index) => index),
  );
  assert.equal((await stat(folder.file)).mode & 0o777, 0o600);
});

test('after a kill in the middle of a line the next writer begins on a line of its own', async () => {
  await using folder = await temporary();
  await appendFile(folder.file, '{"v":1,"at":1,"sample":0,"type":"pau');
  const journal = await SupervisorJournal.open(folder.file, logger);
  journal.append({ at: 2, sample: 1 }, { type: 'pause', on: false });
  await journal[Symbol.asyncDispose]();
  const [torn, whole] = (await readFile(folder.file, 'utf8')).trim().split('\n');
  assert.throws(() => JSON.parse(torn ?? ''));
  assert.equal(journalLineSchema.parse(JSON.parse(whole ?? '')).type, 'pause');
});

test('a line that cannot be written is counted and met by flush, not thrown into the session', async () => {
  const journal = await SupervisorJournal.open('/dev/full', logger);
  journal.append({ at: 1, sample: 0 }, { type: 'pause', on: true });
  await assert.rejects(journal.flush(), { code: 'ENOSPC' });
  journal.append({ at: 1, sample: 0 }, { type: 'pause', on: true });
  await journal[Symbol.asyncDispose]();
  assert.ok(journal.failed >= 2);
});

/** What every file handle does instead of appending. */
const onAppend = async (t: TestContext, path: string, append: (this: FileHandle, line: string) => Promise<void>) => {
  const file = await open(path, 'a');
  const handles = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  return t.mock.method(handles, 'appendFile', append as FileHandle['appendFile']);
};

test('a line that a full disk tore takes no other with it', async (t) => {
  await using folder = await temporary();
  const journal = await SupervisorJournal.open(folder.file, logger);
  let room = 2;
  await onAppend(t, folder.file, async function (line) {
    room -= 1;
    await this.write(room === 0 ? line.slice(0, 20) : line);
    if (room === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  });
  for (const sample of [1, 2, 3, 4]) journal.append({ at: 1, sample }, { type: 'alive' });
  await journal[Symbol.asyncDispose]();
  const lines = (await readFile(folder.file, 'utf8')).trim().split('\n');
  const samples = lines.map((line) => /"sample":(\d),.*}$/.exec(line)?.[1] ?? 'torn');
  assert.deepEqual(samples, ['1', 'torn', '3', '4']);
  assert.equal(journal.failed, 1);
});

test('on a disk that hangs lines wait up to a limit, and flush tells of those given up', async (t) => {
  await using folder = await temporary();
  const journal = await SupervisorJournal.open(folder.file, logger);
  const disk = Promise.withResolvers<void>();
  const written = await onAppend(t, folder.file, () => disk.promise);
  for (let sample = 0; sample < waitingLinesAllowed + 10; sample += 1) {
    journal.append({ at: 1, sample }, { type: 'alive' });
  }
  assert.equal(journal.failed, 10);
  disk.resolve();
  await assert.rejects(journal.flush(), /too many lines/);
  assert.equal(written.mock.callCount(), waitingLinesAllowed);
  await journal[Symbol.asyncDispose]();
});
