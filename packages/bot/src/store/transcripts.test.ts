import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { excerptOf, ftsQuery, likePattern, searchTerms } from './repositories/transcripts/search-words.ts';
import type { RecordingRow, TranscriptQuery } from './rows.ts';
import type { Store } from './store.ts';
import { drivers, logLines, openTestStore, tempFolder } from './testing/temp-store.ts';

const guildA = '100000000000000001';
const guildB = '100000000000000002';
const ada = '200000000000000001';
const ben = '200000000000000002';
const castle = `${guildA}-300000000000000001-20270115T080000001Z`;
const river = `${guildA}-300000000000000001-20270116T080000001Z`;
const kept = `${guildA}-300000000000000001-20270118T080000001Z`;
const other = `${guildB}-300000000000000002-20270117T080000001Z`;

const recording = (id: string, guildId: string, requestedByUserId: string, startTime: number): RecordingRow => ({
  ...{ recordingSessionId: id, sessionId: 's', guildId, channelId: 'c', channelName: 'Table', textChannelId: null },
  ...{ requestedByUserId, folder: '/nowhere', bootId: 'b', originUs: 0, startTime, endTime: null, durationMs: null },
  ...{ status: 'completed', outputFile: null, continues: null, voxprocs: 1, error: null },
});

const said = (userId: string, fromMs: number, text: string) => ({ userId, fromMs, toMs: fromMs + 900.4, text });

const fill = async (store: Store): Promise<void> => {
  store.recordings.started(recording(castle, guildA, ada, 1));
  store.recordings.started(recording(river, guildA, ben, 2));
  store.recordings.started(recording(other, guildB, ben, 3));
  store.participants.seen({
    recordingSessionId: castle,
    userId: ada,
    username: 'ada',
    displayName: 'Ada',
    bot: false,
    at: 1,
  });
  await store.transcripts.replaced(castle, [
    said(ada, 1000.6, 'The old castle stands on the hill'),
    said(ben, 3000, 'Größe is no ‹castle› 100% of the time'),
  ]);
  await store.transcripts.replaced(river, [said(ben, 500, 'cross the river before the castle gate closes')]);
  await store.transcripts.replaced(other, [said(ben, 500, 'a castle elsewhere')]);
};

const query = (q: string, more: Partial<TranscriptQuery> = {}): TranscriptQuery => ({
  ...{ q, match: 'all', userId: null, wholeGuilds: [guildA, guildB], guildId: null, recordingSessionId: null },
  ...{ offset: 0, limit: 10, ...more },
});

const found = async (store: Store, asked: TranscriptQuery): Promise<string[]> =>
  (await store.transcripts.search(asked)).map(
    ({ recordingSessionId, fromMs }) => `${recordingSessionId.slice(38, 46)} ${fromMs}`,
  );

const ways = drivers.flatMap((one) => (['auto', 'like'] as const).map((fullText) => ({ ...one, fullText })));

for (const { driver, skip, fullText } of ways) {
  const name = `${driver}, ${fullText === 'auto' ? 'FTS5' : 'without FTS5'}`;

  test(`words are found where they were said, with an excerpt (${name})`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver, fullText });
    await fill(store);
    assert.equal(store.transcripts.fullText, fullText === 'auto' ? 'fts5' : 'like');
    const [hit, ...more] = await store.transcripts.search(query('CASTLE hill'));
    assert.deepEqual(more, []);
    assert.partialDeepStrictEqual(hit, {
      recordingSessionId: castle,
      userId: ada,
      displayName: 'Ada',
      fromMs: 1001,
      toMs: 1901,
    });
    assert.match(hit?.excerpt ?? '', /‹castle›/);
    assert.deepEqual(await found(store, query('"castle stands"')), ['20270115 1001']);
    assert.deepEqual(await found(store, query('"stands castle"')), []);
    assert.deepEqual(await found(store, query('cast')), await found(store, query('castle')), 'as far as it is typed');
    assert.equal((await found(store, query('river hill', { match: 'any' }))).length, 2);
    assert.deepEqual(await found(store, query('castle', { recordingSessionId: river })), ['20270116 500']);
    assert.equal((await found(store, query('castle', { guildId: guildA }))).length, 3);
    const pages = [0, 2].map((offset) => found(store, query('castle', { offset, limit: 2 })));
    assert.equal(new Set((await Promise.all(pages)).flat()).size, 4);
  });

  test(`nothing is found of what somebody may not see (${name})`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver, fullText });
    await fill(store);
    const mine = (userId: string | null, wholeGuilds: string[] = []) =>
      found(store, query('castle', { userId, wholeGuilds }));
    assert.deepEqual(await mine(ada), ['20270115 1001', '20270115 3000']);
    assert.deepEqual((await mine(ben)).length, 2);
    assert.deepEqual(await mine(null), []);
    assert.equal((await mine(ada, [guildB])).length, 3);
  });

  test(`no word is syntax (${name})`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver, fullText });
    await fill(store);
    for (const typed of [
      '"',
      '""',
      'castle AND',
      'NEAR(castle',
      'text:castle',
      '*',
      "'; DROP TABLE jobs; --",
      '^castle',
      '%',
      '_',
      '(',
      '-',
      '\\',
      'a"b',
      '{castle}',
      '\0',
      '‹',
      '💥',
    ])
      await assert.doesNotReject(store.transcripts.search(query(typed)), typed);
    assert.deepEqual(await found(store, query('%')), [], 'a wildcard finds nothing');
    assert.deepEqual(await found(store, query('*castle*', { recordingSessionId: river })), ['20270116 500']);
  });

  test(`a newer transcript takes the place of the older, and what is deleted or erased is found no more (${name})`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver, fullText });
    await fill(store);
    await store.transcripts.replaced(castle, [said(ada, 0, 'marzipan'), said(ben, 10, 'nougat')]);
    assert.deepEqual(await found(store, query('hill')), []);
    assert.deepEqual(await found(store, query('marzipan')), ['20270115 0']);
    await store.erasures.forget({ userId: ada, guildId: null, recordingSessionIds: null });
    await store.erasures.compact();
    assert.deepEqual(await found(store, query('marzipan')), []);
    assert.deepEqual(await found(store, query('nougat')), ['20270115 10']);
    for (const file of ['parley.db', 'parley.db-wal']) {
      const bytes = (await readFile(join(folder.path, file)).catch(() => Buffer.of())).toString('latin1');
      assert.ok(!bytes.includes('marzipan'), `${file} still holds the word`);
    }
    store.recordings.forgotten(river);
    assert.deepEqual(await found(store, query('river')), []);
    await store.departures.purge(guildA);
    assert.deepEqual(await found(store, query('nougat')), []);
    await store.transcripts.replaced(castle, [said(ada, 0, 'late')]);
    assert.deepEqual(await found(store, query('late')), [], 'of a recording that is gone nothing is kept');
  });
}

for (const { driver, skip } of drivers) {
  test(`what was written without the index is indexed at the next start (${driver})`, { skip }, async () => {
    await using folder = await tempFolder();
    const { lines, logger } = logLines();
    {
      await using store = await openTestStore(folder.path, { driver });
      store.recordings.started(recording(kept, guildA, ada, 1));
      await store.transcripts.replaced(kept, [said(ada, 0, 'marzipan')]);
    }
    {
      await using store = await openTestStore(folder.path, { driver, fullText: 'like', logger });
      await fill(store);
      await store.erasures.forget({ userId: ada, guildId: null, recordingSessionIds: [kept] });
      await store.erasures.compact();
      const bytes = (await readFile(join(folder.path, 'parley.db'))).toString('latin1');
      assert.ok(!bytes.includes('marzipan'), 'what is erased without the index stands in none');
    }
    assert.ok(lines.some(({ msg }) => msg === 'this SQLite has no FTS5: searching transcripts reads every row'));
    await using store = await openTestStore(folder.path, { driver });
    assert.deepEqual(await found(store, query('hill')), ['20270115 1001']);
    await store.transcripts.replaced(castle, []);
    assert.deepEqual(await found(store, query('hill')), []);
  });

  test(`where FTS5 is missing what is erased leaves the index too, and the next start makes it anew (${driver})`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'parley.db');
    /** Says that the index was made by another module: one that is here, or one that is not. */
    const madeBy = (from: string, to: string): void => {
      using db = new DatabaseSync(file, { defensive: false });
      db.exec('PRAGMA writable_schema = ON');
      db.prepare("UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'transcript_fts'").run(from, to);
    };
    {
      await using store = await openTestStore(folder.path, { driver });
      await fill(store);
      await store.transcripts.replaced(river, [said(ben, 500, 'marzipan')]);
    }
    madeBy('fts5', 'fts_missing');
    {
      await using store = await openTestStore(folder.path, { driver, fullText: 'like' });
      await store.erasures.forget({ userId: ben, guildId: null, recordingSessionIds: null });
      await store.erasures.compact();
    }
    for (const name of ['parley.db', 'parley.db-wal']) {
      const bytes = (await readFile(join(folder.path, name)).catch(() => Buffer.of())).toString('latin1');
      assert.ok(!bytes.includes('marzipan'), `${name} still holds the word`);
    }
    madeBy('fts_missing', 'fts5');
    await using store = await openTestStore(folder.path, { driver });
    assert.deepEqual(await found(store, query('hill')), ['20270115 1001']);
  });

  test(`states and what was paid for are kept by recording; what is used stays used (${driver})`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    const clock = new FakeClock();
    await using store = await openTestStore(folder.path, { driver, clock });
    store.recordings.started(recording(kept, guildA, ada, 4));
    await store.jobs.put('transcribe', castle);
    await store.jobs.put('mux', river);
    assert.deepEqual([...(await store.transcripts.states([castle, river, other]))], [[castle, 'queued']]);
    const start = clock.now();
    await store.transcripts.used(castle, 60.5);
    await store.transcripts.used(river, 30);
    assert.equal(await store.transcripts.usedSince(start), 90.5);
    assert.equal(await store.transcripts.usedSince(start, castle), 60.5);
    store.recordings.forgotten(castle);
    await store.flush();
    assert.equal(await store.transcripts.usedSince(start), 90.5);
    assert.equal(await store.transcripts.usedSince(start, castle), 0);
    assert.equal((await store.transcripts.states([castle])).size, 0);
    clock.advance(49 * 3_600_000);
    const later = clock.now();
    await store.transcripts.used(other, 1);
    assert.equal(await store.transcripts.usedSince(later), 1);
    assert.equal(await store.transcripts.usedSince(0), 1, 'what bounds neither a day nor a recording is gone');
    await store.transcripts.used(kept, 7);
    clock.advance(49 * 3_600_000);
    await store.transcripts.used(other, 2);
    assert.equal(await store.transcripts.usedSince(0, kept), 7, 'a recording that is there stays bounded');
  });
}

const typed: [string, string[][], all: string][] = [
  ['castle hill', [['castle'], ['hill']], '"castle" AND "hill" *'],
  ['"old castle" gate', [['old', 'castle'], ['gate']], '"old castle" AND "gate" *'],
  ['“old castle', [['old'], ['castle']], '"old" AND "castle" *'],
  ["don't", [['don'], ['t']], '"don" AND "t" *'],
  ['a-b_c.d', [['a'], ['b'], ['c'], ['d']], '"a" AND "b" AND "c" AND "d" *'],
  ['  ', [], ''],
  ['Größe 100%', [['Größe'], ['100']], '"Größe" AND "100" *'],
];
for (const [text, terms, all] of typed) {
  test(`what is searched for with ${JSON.stringify(text)}`, () => {
    assert.deepEqual(searchTerms(text), terms);
    assert.equal(ftsQuery(terms, 'all'), all);
  });
}

test('patterns and excerpts where SQLite makes none', () => {
  assert.equal(likePattern(['100%', 'a_b']), '%100\\% a\\_b%');
  assert.equal(excerptOf('The castle', [['castle']]), 'The ‹castle›');
  const long = `${'before '.repeat(20)}castle${' after'.repeat(20)}`;
  const excerpt = excerptOf(long, [['nowhere'], ['castle']]);
  assert.match(excerpt, /^…[^‹]{60}‹castle›[^›]{60}…$/);
  assert.equal(excerptOf('nothing of it', [['castle']]), 'nothing of it');
});
