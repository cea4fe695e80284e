import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { journalLineSchema } from '@parley/mux';
import { pino } from 'pino';
import { SupervisorJournal } from './supervisor-journal.ts';

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
