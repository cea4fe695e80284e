import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FolderLock, recordingFolder, recordingLayout, transcriptSchema } from '@parley/mux';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { newSessionFile, writeSessionFile } from '../../recordings/session-files.ts';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import { Background } from '../../vox/background.ts';
import { summarySchema } from '../summary/summary-file.ts';
import { pageTranscripts } from './page-transcripts.ts';
import { TranscriptWithdrawals, withdrawalRetryMs } from './transcript-withdrawals.ts';

const [guildA, guildB] = ['100000000000000001', '100000000000000002'];
const [ada, ben] = ['200000000000000001', '200000000000000002'];
const idOf = (guildId: string, n: number): string => `${guildId}-300000000000000001-2027011${n}T080000000Z`;
const [castle, river, elsewhere, unheard] = [idOf(guildA, 1), idOf(guildA, 2), idOf(guildB, 3), idOf(guildA, 4)];

const segment = (userId: string, at: number, text: string) => ({
  ...{ userId, startSample: at * 48_000, endSample: (at + 1) * 48_000, text },
});

/** Ada and Ben speak in the castle and elsewhere, Ada alone at the river, Ben alone in the one where Ada is unheard. */
const openRig = async () => {
  await using scope = new AsyncDisposableStack();
  const folder = scope.use(await tempFolder());
  const clock = new FakeClock();
  const store = scope.use(await openTestStore(folder.path, { clock }));
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const recordingsDir = join(folder.path, 'recordings');
  const layoutOf = (id: string) => recordingLayout(recordingFolder(recordingsDir, id));
  for (const [id, segments] of [
    [castle, [segment(ada, 1, 'the castle'), segment(ben, 3, 'which castle')]],
    [river, [segment(ada, 1, 'the river')]],
    [elsewhere, [segment(ada, 1, 'far away'), segment(ben, 3, 'how far')]],
    [unheard, [segment(ben, 1, 'alone')]],
  ] as const) {
    const layout = layoutOf(id);
    const [guildId = '', channelId = ''] = id.split('-');
    await mkdir(layout.journal, { recursive: true });
    await mkdir(layout.segments, { recursive: true });
    const identity = { recordingSessionId: id, guildId, channelId, channelName: 'Table', startTime: 1 };
    await writeSessionFile(layout.root, {
      ...newSessionFile({ ...identity, sessionId: 's' }),
      ...{ status: 'completed', durationMs: 9000 },
    });
    await writeFile(layout.transcript, JSON.stringify({ schema: 1, segments }));
    const summary = { schema: 1, by: 'model', model: 'm', at: 1, text: 'Ada spoke of the castle and the river.' };
    await writeFile(layout.summary, JSON.stringify(summary));
    store.recordings.started({
      ...{ ...identity, sessionId: 's', textChannelId: null, requestedByUserId: ben, folder: layout.root, bootId: 'b' },
      ...{ originUs: 0, endTime: 1, durationMs: 9000, status: 'completed', outputFile: null, continues: null },
      ...{ voxprocs: 1, error: null },
    });
    const rows = segments.map(({ userId, text }) => ({ userId, text, fromMs: 0, toMs: 1 }));
    await store.transcripts.replaced(id, rows);
    await store.jobs.put('transcribe', id);
    await store.jobs.update('transcribe', id, { state: 'done' });
  }
  const reconsidered: (string | null)[] = [];
  const held: string[] = [];
  const no = new Set<string>();
  const open = () =>
    new TranscriptWithdrawals({
      ...{ store, clock, logger, background },
      transcription: {
        isConfigured: false,
        reconsider: (guildId) => reconsidered.push(guildId),
        hold: async (id) => {
          held.push(id);
          return { [Symbol.dispose]: () => undefined };
        },
      },
      among: async (_use, _guildId, userIds) => new Set([...userIds].filter((userId) => no.has(userId))),
    });
  const owned = scope.move();
  return {
    ...{ store, clock, background, reconsidered, held, no, open, layoutOf },
    pages: pageTranscripts({ store, folderOf: (id) => layoutOf(id).root, fractionOf: () => null }),
    found: async (q: string) =>
      (
        await store.transcripts.search({
          ...{ q, match: 'any', userId: null, wholeGuilds: [guildA, guildB], guildId: null },
          ...{ recordingSessionId: null, offset: 0, limit: 9 },
        })
      ).map(({ recordingSessionId, userId }) => `${recordingSessionId} ${userId}`),
    said: async (id: string) =>
      transcriptSchema
        .parse(JSON.parse(await readFile(layoutOf(id).transcript, 'utf8')))
        .segments.map(({ text }) => text),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

test('who does not want to be transcribed any more is found no more at once, and then leaves transcript and summary', async () => {
  await using the = await openRig();
  await using withdrawals = the.open();
  the.no.add(ada);
  await withdrawals.saidNo({ userId: ada, guildId: guildA }, 'transcribed');
  assert.deepEqual(
    await the.found('castle river far'),
    [`${elsewhere} ${ada}`, `${castle} ${ben}`, `${elsewhere} ${ben}`].toSorted(),
  );
  await the.background.settled();
  assert.deepEqual([await the.said(castle), await the.said(river)], [['which castle'], []]);
  assert.deepEqual(await the.said(elsewhere), ['far away', 'how far'], 'another server is another decision');
  assert.deepEqual(the.held.toSorted(), [castle, river], 'nobody transcribes them meanwhile');
  const summary = summarySchema.parse(JSON.parse(await readFile(the.layoutOf(castle).summary, 'utf8')));
  assert.equal(summary.by, 'turns');
  assert.doesNotMatch(summary.text, /Ada|river/);
  assert.doesNotMatch(await readFile(the.layoutOf(castle).transcriptText('srt'), 'utf8'), /the castle/);
  assert.deepEqual(await the.store.jobs.open('withdraw'), []);
  assert.deepEqual(the.reconsidered, [guildA], 'what runs asks again who agrees');
});

test('a no to being recorded begins anew what runs, and leaves what was made', async () => {
  await using the = await openRig();
  await using withdrawals = the.open();
  await withdrawals.saidNo({ userId: ada, guildId: null }, 'recorded');
  await the.background.settled();
  assert.deepEqual([the.reconsidered, the.held, await the.said(river)], [[null], [], ['the river']]);
});

test('who does not want to be heard by an AI any more stays in the transcript, and no summary of a model', async () => {
  await using the = await openRig();
  await using withdrawals = the.open();
  const turns = { schema: 1, by: 'turns', model: null, at: 1, text: 'of before' };
  await writeFile(the.layoutOf(river).summary, JSON.stringify(turns));
  await withdrawals.saidNo({ userId: ada, guildId: guildA }, 'heard_by_ai');
  await the.background.settled();
  assert.deepEqual([await the.said(castle), the.held], [['the castle', 'which castle'], [castle]]);
  const summary = summarySchema.parse(JSON.parse(await readFile(the.layoutOf(castle).summary, 'utf8')));
  assert.deepEqual([summary.by, summary.text.includes('river')], ['turns', false]);
  assert.deepEqual(JSON.parse(await readFile(the.layoutOf(river).summary, 'utf8')), turns);
});

test('what cannot be done while somebody else works there is not shown, and done when they have gone', async () => {
  await using the = await openRig();
  await using withdrawals = the.open();
  the.no.add(ada);
  {
    using _busy = new FolderLock(the.layoutOf(castle).root);
    await withdrawals.saidNo({ userId: ada, guildId: guildA }, 'transcribed');
    await the.background.settled();
    assert.deepEqual([await the.pages.segments(castle), await the.pages.summary(castle)], [[], null]);
    assert.deepEqual(await the.said(river), [], 'the others are done');
  }
  the.clock.advance(withdrawalRetryMs);
  await the.background.settled();
  assert.deepEqual(
    (await the.pages.segments(castle)).map(({ text }) => text),
    ['which castle'],
  );
  assert.equal(the.clock.timers, 0);
});

test('a restart goes on with what was not done', async () => {
  await using the = await openRig();
  the.no.add(ada);
  const locks = [castle, river].map((id) => new FolderLock(the.layoutOf(id).root));
  {
    await using withdrawals = the.open();
    await withdrawals.saidNo({ userId: ada, guildId: guildA }, 'transcribed');
    await the.background.settled();
  }
  for (const lock of locks) lock[Symbol.dispose]();
  await using next = the.open();
  await next.resume();
  await the.background.settled();
  assert.deepEqual([await the.said(castle), await the.said(river)], [['which castle'], []]);
});

test('where nobody transcribes any more, the texts of who is left are made again after an erasure', async () => {
  await using the = await openRig();
  await using withdrawals = the.open();
  const layout = the.layoutOf(castle);
  const segments = [segment(ben, 3, 'which castle')];
  await writeFile(layout.transcript, JSON.stringify({ schema: 1, segments }));
  await withdrawals.mixed(castle);
  await the.background.settled();
  assert.match(await readFile(layout.transcriptText('md'), 'utf8'), /which castle/);
  assert.deepEqual(await the.found('castle'), [`${castle} ${ben}`]);
  await withdrawals.mixed(castle);
  await the.background.settled();
  assert.deepEqual(the.held, [castle], 'once');
});
