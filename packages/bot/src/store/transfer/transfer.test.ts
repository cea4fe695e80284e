import assert from 'node:assert/strict';
import { access, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { openDriver } from '../drivers/open-driver.ts';
import { SerialDb } from '../serial-db.ts';
import type { Store } from '../store.ts';
import { fillWithSamples } from '../testing/sample-database.ts';
import { drivers, openTestStore, tempFolder } from '../testing/temp-store.ts';
import { exportData } from './export-data.ts';
import { importData } from './import-data.ts';
import { carriedTables } from './tables.ts';

const guildId = '100000000000000001';
const channelId = '300000000000000001';
const userId = '200000000000000001';
const at = 1_800_000_000_000;
const sessionId = 'aaaaaaaa-0000-4000-8000-000000000001';
const recordingSessionId = `${guildId}-${channelId}-20270115T080000000Z`;
const clock = new FakeClock({ now: at });

const fill = async (store: Store): Promise<void> => {
  store.sessions.started({
    sessionId,
    guildId,
    channelId,
    textChannelId: null,
    requestedByUserId: userId,
    mode: 'record_only',
    bootId: 'boot',
    startedAt: at,
    endedAt: null,
    endReason: null,
  });
  store.recordings.started({
    recordingSessionId,
    sessionId,
    guildId,
    channelId,
    channelName: 'tavern “Zum Löwen”\n',
    textChannelId: null,
    requestedByUserId: userId,
    folder: '/somewhere/else',
    bootId: 'boot',
    originUs: 123_456_789.25,
    startTime: at,
    endTime: null,
    durationMs: null,
    status: 'recording',
    outputFile: null,
    continues: null,
    voxprocs: 1,
    error: null,
  });
  for (let n = 0; n < 1500; n += 1)
    store.actions.record({ kind: 'voice_runtime', guildId, at: at + n, fields: { event: `event ${n}` } });
  store.participants.seen({ recordingSessionId, userId, username: 'ada', displayName: 'Ada', bot: null, at });
  await store.consents.set({ userId, guildId, kind: 'recorded', state: 'opted_out', at, textVersion: 1 });
  await store.guildSettings.set(guildId, { retentionDays: 7 });
  await store.jobs.put('mux', recordingSessionId);
  await store.meta.set('commands', 'abc');
};

const exported = async (folder: string, driver: 'sqlite3' | 'node'): Promise<string[]> => {
  const lines: string[] = [];
  await exportData({
    database: join(folder, 'parley.db'),
    driver,
    clock,
    write: async (line) => void lines.push(line),
  });
  return lines;
};

for (const { driver, skip } of drivers) {
  test(`${driver}: what is exported from a running store and imported elsewhere is the same`, { skip }, async () => {
    await using from = await tempFolder();
    await using to = await tempFolder();
    await using running = await openTestStore(from.path, { driver, clock });
    await fill(running);
    await running.flush();
    const lines = await exported(from.path, driver);
    const file = join(to.path, 'export.jsonl');
    await writeFile(file, lines.join(''));
    const database = join(to.path, 'data', 'parley.db');
    const { rows } = await importData({ file, database, driver, clock, recordingsDir: '/srv/recordings' });
    assert.equal(rows, lines.length - 2);
    assert.ok(rows > 1500);
    assert.equal((await stat(database)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(to.path, 'data')), ['parley.db']);

    const again = await exported(join(to.path, 'data'), driver);
    const moved = `/srv/recordings/sessions/${recordingSessionId}`;
    assert.deepEqual(
      again.slice(1),
      lines.slice(1).map((line) => line.replace('/somewhere/else', moved)),
    );
    await using store = await openTestStore(join(to.path, 'data'), { driver, clock });
    assert.equal((await store.guildSettings.get(guildId)).retentionDays, 7);
    assert.equal((await store.recordings.get(recordingSessionId))?.folder, moved);
    assert.match(await readFile(join(to.path, 'data', 'consents.jsonl'), 'utf8'), new RegExp(userId));
    assert.equal(await store.actions.countSince(guildId, 'voice_runtime', 0), 1500);
  });

  test(`${driver}: a database with content is never mixed with another`, { skip }, async () => {
    await using folder = await tempFolder();
    {
      await using store = await openTestStore(folder.path, { driver, clock });
      await fill(store);
    }
    const file = join(folder.path, 'export.jsonl');
    await writeFile(file, (await exported(folder.path, driver)).join(''));
    const before = await readFile(join(folder.path, 'parley.db'));
    const database = join(folder.path, 'parley.db');
    await assert.rejects(importData({ file, database, driver, clock, recordingsDir: '/r' }), { code: 'not_empty' });
    assert.deepEqual(await readFile(database), before);
  });
}

const header = (change: object = {}): object => ({
  parley: 'database',
  schema: 1,
  version: 1,
  exportedAt: at,
  ...change,
});
const row = (table: string, values: object): object => ({ table, row: values });
const end = (rows: number): object => ({ end: true, rows });
const session = {
  session_id: sessionId,
  guild_id: guildId,
  channel_id: channelId,
  text_channel_id: null,
  requested_by: userId,
  mode: 'record_only',
  boot_id: 'b',
  started_at: 1,
};

const bad: readonly (readonly [string, readonly (object | string)[], string, RegExp])[] = [
  ['an empty file', [], 'not_parley', /export\.jsonl/],
  ['some other file', ['hello'], 'not_parley', /no export/],
  ['a file of a newer Parley', [header({ version: 999 }), end(0)], 'newer_schema', /999/],
  ['a file without its end', [header(), row('sessions', session)], 'truncated', /cut off/],
  ['a torn last line', [header(), '{"table":"sess'], 'bad_line', /line 2/],
  ['fewer rows than were written', [header(), end(1)], 'bad_line', /1 rows were written, 0 are here/],
  ['a row after the end', [header(), end(0), row('sessions', session)], 'bad_line', /line 3/],
  ['a table nobody knows', [header(), row('secrets', {}), end(1)], 'bad_line', /no table secrets/],
  ['the table of migrations', [header(), row('migrations', { version: 9 }), end(1)], 'bad_line', /no table/],
  ['a column nobody knows', [header(), row('sessions', { ...session, x: 1 }), end(1)], 'bad_line', /no x/],
  [
    'a guild that is no id',
    [header(), row('sessions', { ...session, guild_id: '../..' }), end(1)],
    'bad_line',
    /guild_id/,
  ],
  ['an id that is a number', [header(), row('sessions', { ...session, guild_id: 1 }), end(1)], 'bad_line', /guild_id/],
  [
    'a recording whose id is a path',
    [header(), row('jobs', { kind: 'mux', recording_session_id: '../../etc' }), end(1)],
    'bad_line',
    /recording_session_id/,
  ],
  ['a row without its id', [header(), row('sessions', { mode: 'x' }), end(1)], 'bad_line', /line 2.*NULL/],
  [
    'the same row twice',
    [header(), row('sessions', session), row('sessions', session), end(2)],
    'bad_line',
    /line 3.*UNIQUE/,
  ],
];
for (const [what, lines, code, message] of bad)
  test(`${what} is refused with its place, and nothing is left of it`, async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'export.jsonl');
    await writeFile(file, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
    const database = join(folder.path, 'parley.db');
    await assert.rejects(importData({ file, database, driver: 'node', clock, recordingsDir: '/r' }), { code, message });
    assert.deepEqual(await readdir(folder.path), ['export.jsonl']);
  });

test('an export of an older Parley is brought up to date', async () => {
  await using folder = await tempFolder();
  const file = join(folder.path, 'export.jsonl');
  await writeFile(file, [header(), row('sessions', session), end(1)].map((line) => JSON.stringify(line)).join('\n'));
  const database = join(folder.path, 'parley.db');
  const imported = await importData({ file, database, driver: 'node', clock, recordingsDir: '/r' });
  assert.deepEqual(imported, { rows: 1, version: 1 });
  await using store = await openTestStore(folder.path);
  assert.equal((await store.sessions.live()).length, 1);
});

test('there is nothing to export without a database, and none is made by asking', async () => {
  await using folder = await tempFolder();
  await assert.rejects(exported(folder.path, 'node'), { code: 'no_database' });
  await assert.rejects(access(join(folder.path, 'parley.db')));
});

test('an export does not touch what it reads', async () => {
  await using folder = await tempFolder();
  const database = join(folder.path, 'parley.db');
  await (await openTestStore(folder.path))[Symbol.asyncDispose]();
  const other = await openDriver('node', database);
  await other.exec("INSERT INTO migrations VALUES (999, 'future', 0)");
  await other.close();
  await assert.rejects(exported(folder.path, 'node'), { code: 'newer_schema' });
});

test('every table of the newest version is carried over, row by row', async () => {
  await using from = await tempFolder();
  await using to = await tempFolder();
  await (await openTestStore(from.path))[Symbol.asyncDispose]();
  const database = await openDriver('node', join(from.path, 'parley.db'));
  const db = new SerialDb(database);
  await db.exec('DELETE FROM meta');
  await fillWithSamples(db);
  const tables = await carriedTables(db);
  await db.close();
  const lines = await exported(from.path, 'node');
  assert.equal(lines.length, 2 * tables.length + 2);
  assert.doesNotMatch(lines.join(''), /"table":"sign_in/, 'who is signed in stays here');
  const file = join(to.path, 'export.jsonl');
  await writeFile(file, lines.join(''));
  await importData({ file, database: join(to.path, 'parley.db'), driver: 'node', clock, recordingsDir: '/r' });
  const again = await exported(to.path, 'node');
  const withoutFolder = (line: string): string => line.replace(/"folder":"[^"]*"/, '');
  assert.deepEqual(again.map(withoutFolder), lines.map(withoutFolder));
});
