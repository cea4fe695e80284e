import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { SessionShelf } from '../recording-view/session-shelf.ts';
import { ApiFailure } from './api-failure.ts';
import { NoteBook, noteLimits } from './note-book.ts';

const ada = '200000000000000001';
const id = '100000000000000001-300000000000000001-20270115T080000000Z';
const other = '100000000000000001-300000000000000001-20270115T090000000Z';

const openRig = async () => {
  const recordingsDir = await mkdtemp(join(tmpdir(), 'parley-notes-'));
  const shelf = new SessionShelf(recordingsDir);
  for (const one of [id, other]) await mkdir(shelf.layout(one).journal, { recursive: true });
  return {
    notes: new NoteBook(shelf, new FakeClock(), pino({ level: 'silent' })),
    file: join(recordingLayout(shelf.layout(id).root).journal, 'notes.jsonl'),
    [Symbol.asyncDispose]: () => rm(recordingsDir, { recursive: true, force: true }),
  };
};

const refused = (code: ApiFailure['code']) => (error: unknown) => error instanceof ApiFailure && error.code === code;

test('a recording takes so many notes and no more, and others still do', async () => {
  await using rig = await openRig();
  for (let n = 0; n < noteLimits.notes; n += 1) await rig.notes.add(id, n, ada, 'x');
  await assert.rejects(rig.notes.add(id, 1, ada, 'x'), refused('too_many'));
  assert.equal((await rig.notes.of(id)).length, noteLimits.notes);
  await rig.notes.add(other, 1, ada, 'x');
});

test('notes of a recording take so many bytes', async () => {
  await using rig = await openRig();
  const long = '𝄞'.repeat(5000);
  await assert.rejects(async () => {
    for (let n = 0; n < noteLimits.notes; n += 1) await rig.notes.add(id, n, ada, long);
  }, refused('too_many'));
  assert.ok((await readFile(rig.file)).length < noteLimits.bytes + 25_000);
});

test('a running recording takes as many', async () => {
  await using rig = await openRig();
  for (let n = 0; n < noteLimits.notes; n += 1) rig.notes.countLive(id);
  assert.throws(() => rig.notes.countLive(id), refused('too_many'));
  rig.notes.countLive(other);
});

test('while somebody is erased from a recording nothing is written beside it', async () => {
  await using rig = await openRig();
  const begun = rig.notes.add(id, 1, ada, 'before');
  {
    using _hold = await rig.notes.hold(id);
    await begun;
    assert.equal((await rig.notes.of(id)).length, 1, 'what was being written is on disk');
    await assert.rejects(rig.notes.add(id, 2, ada, 'meanwhile'), refused('not_ready'));
    await rig.notes.add(other, 2, ada, 'elsewhere');
  }
  await rig.notes.add(id, 3, ada, 'after');
  assert.deepEqual(
    (await rig.notes.of(id)).map(({ text }) => text),
    ['before', 'after'],
  );
});
