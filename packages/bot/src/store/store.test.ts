import assert from 'node:assert/strict';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { guildSettingsSchema } from '../config/guild-settings.ts';
import { openDriver } from './drivers/open-driver.ts';
import type { RecordingRow, SessionRow } from './rows.ts';
import { drivers, logLines, openTestStore, tempFolder } from './testing/temp-store.ts';

const guildId = '100000000000000001';
const userId = '200000000000000001';
const at = 1_800_000_000_000;

const session: SessionRow = {
  sessionId: 'aaaaaaaa-0000-4000-8000-000000000001',
  guildId,
  channelId: '300000000000000001',
  textChannelId: null,
  requestedByUserId: userId,
  mode: 'record_only',
  bootId: 'boot',
  startedAt: at + 0.4,
  endedAt: null,
  endReason: null,
};

const recording: RecordingRow = {
  recordingSessionId: `${guildId}-300000000000000001-20270115T080000000Z`,
  sessionId: session.sessionId,
  guildId,
  channelId: session.channelId,
  channelName: 'tavern',
  textChannelId: '400000000000000001',
  requestedByUserId: userId,
  folder: '/r',
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
};

for (const { driver, skip } of drivers) {
  test(`${driver}: the chosen binding is used and the file belongs to its owner alone`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    assert.equal(store.driver, driver);
    assert.equal((await stat(join(folder.path, 'parley.db'))).mode & 0o777, 0o600);
  });

  test(`${driver}: sessions and recordings go through their life`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    store.sessions.started(session);
    store.recordings.started(recording);
    assert.deepEqual(await store.sessions.live(), [{ ...session, startedAt: at }]);
    assert.deepEqual(await store.recordings.unfinished(), [recording]);
    store.sessions.changed(session.sessionId, { channelId: '300000000000000002' });
    store.recordings.updated(recording.recordingSessionId, { status: 'muxing', endTime: at + 10.6, durationMs: 10.5 });
    assert.equal((await store.recordings.get(recording.recordingSessionId))?.endTime, at + 11);
    store.recordings.updated(recording.recordingSessionId, { status: 'completed', outputFile: 'full.ogg' });
    store.sessions.ended(session.sessionId, { endedAt: at + 20, endReason: 'requested' });
    assert.deepEqual(await store.recordings.unfinished(), []);
    assert.deepEqual(await store.sessions.live(), []);
    assert.equal((await store.sessions.get(session.sessionId))?.channelId, '300000000000000002');
    assert.equal((await store.recordings.ofSession(session.sessionId))[0]?.outputFile, 'full.ogg');
    assert.equal(await store.recordings.get('nothing'), null);
    store.sessions.started(session);
    assert.equal((await store.sessions.live()).length, 1, 'a session that starts again lives again');
  });

  test(`${driver}: a patch can set null and leaves alone what it does not name`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    store.recordings.started({ ...recording, error: 'broken', outputFile: 'full.ogg' });
    store.recordings.updated(recording.recordingSessionId, { error: null });
    store.recordings.updated(recording.recordingSessionId, {});
    const row = await store.recordings.get(recording.recordingSessionId);
    assert.deepEqual([row?.error, row?.outputFile], [null, 'full.ogg']);
  });

  test(`${driver}: actions are counted per guild, kind and time, the boundary included`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    const start = (guild: string, time: number): void =>
      store.actions.record({
        kind: 'voice_session_start',
        guildId: guild,
        at: time,
        fields: {
          mode: 'record_only',
          requestedByUserId: userId,
          voiceChannelId: '3',
          maxSessionMinutes: 0,
          inactivityLeaveSeconds: null,
          intentConfidence: 1,
        },
      });
    start(guildId, at - 1);
    start(guildId, at);
    start(guildId, at + 1);
    start('100000000000000002', at);
    store.actions.record({ kind: 'voice_error', guildId, at, fields: { event: 'x', error: 'y' } });
    assert.equal(await store.actions.countSince(guildId, 'voice_session_start', at), 2);
    assert.equal(await store.actions.countSince(guildId, 'voice_error', at), 1);
    assert.equal(await store.actions.countSince(guildId, 'voice_session_end', 0), 0);
  });

  test(`${driver}: people keep their first and last sighting, and a known bot stays known`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    const seen = { recordingSessionId: 'r', userId, username: 'ada', displayName: 'Ada' };
    store.participants.seen({ ...seen, bot: null, at: at + 5 });
    store.participants.seen({ ...seen, bot: false, at: at + 9 });
    store.participants.seen({ ...seen, displayName: 'Ada L.', bot: null, at: at + 7 });
    assert.deepEqual(await store.participants.of('r'), [
      { ...seen, displayName: 'Ada L.', bot: false, at: at + 9, firstAt: at + 5 },
    ]);
  });

  test(`${driver}: the latest decision counts, here or everywhere, and of two at once the no`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    const decide = (state: 'opted_in' | 'opted_out', guild: string | null, time: number) =>
      store.consents.set({ userId, guildId: guild, kind: 'recorded', state, at: time, textVersion: 1 });
    const out = async (guild: string) => (await store.consents.optedOut(guild)).has(userId);
    assert.equal(await out(guildId), false);
    await decide('opted_out', null, at);
    assert.deepEqual([await out(guildId), await out('100000000000000002')], [true, true]);
    await decide('opted_in', guildId, at + 1);
    assert.deepEqual([await out(guildId), await out('100000000000000002')], [false, true]);
    assert.equal((await store.consents.optedIn(guildId)).has(userId), true);
    await decide('opted_out', null, at + 2);
    await decide('opted_in', guildId, at + 2);
    assert.equal(await out(guildId), true);
    await store.consents.set({ userId, guildId, kind: 'remembered', state: 'opted_in', at: at + 9, textVersion: 1 });
    assert.equal(await out(guildId), true, 'another kind of consent changes nothing');
    assert.deepEqual(
      (await store.consents.of(userId)).map((row) => row.at),
      [at + 9, at + 2, at + 2, at + 1, at],
    );
  });

  test(`${driver}: guild settings stand over the installation's, are validated, and can be taken back`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    const guildDefaults = guildSettingsSchema.parse({ verbosity: 'all', retentionDays: 0 });
    await using store = await openTestStore(folder.path, { driver, guildDefaults });
    assert.deepEqual(await store.guildSettings.get(guildId), guildDefaults);
    const changed = await store.guildSettings.set(guildId, { retentionDays: 7, recordRoleIds: [userId] });
    assert.deepEqual(changed, { ...guildDefaults, retentionDays: 7, recordRoleIds: [userId] });
    assert.equal((await store.guildSettings.set(guildId, { retentionDays: null })).retentionDays, 0);
    await assert.rejects(store.guildSettings.set(guildId, { retentionDays: -1, verbosity: 'none' }), {
      code: 'settings_invalid',
    });
    assert.equal((await store.guildSettings.get(guildId)).verbosity, 'all', 'nothing of a refused patch is kept');
    assert.deepEqual(await store.guildSettings.get('100000000000000002'), guildDefaults);
    assert.deepEqual(await store.guildSettings.own(guildId), { recordRoleIds: [userId] });
  });

  test(`${driver}: whoever follows a guild's settings hears of each change that holds, until they stop`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    const heard: unknown[] = [];
    const following = store.guildSettings.onChange((guild, settings) => heard.push([guild, settings.retentionDays]));
    await store.guildSettings.set(guildId, { retentionDays: 7 });
    await assert.rejects(store.guildSettings.set(guildId, { retentionDays: -7 }));
    await store.guildSettings.set(guildId, { retentionDays: null });
    following[Symbol.dispose]();
    await store.guildSettings.set(guildId, { retentionDays: 9 });
    assert.deepEqual(heard, [
      [guildId, 7],
      [guildId, 30],
    ]);
  });

  test(`${driver}: jobs are queued once, counted and finished`, { skip }, async () => {
    await using folder = await tempFolder();
    const clock = new FakeClock({ now: at });
    await using store = await openTestStore(folder.path, { driver, clock });
    await store.jobs.put('mux', 'one');
    await store.jobs.put('mux', 'one');
    clock.advance(5);
    await store.jobs.put('mux', 'two', at + 1000);
    await store.jobs.update('mux', 'one', { state: 'running', attempt: true });
    await store.jobs.update('mux', 'one', { state: 'queued', lastError: 'ffmpeg', notBefore: at + 60_000 });
    const [one, two] = await store.jobs.open('mux');
    assert.deepEqual(
      [one?.state, one?.attempts, one?.lastError, one?.notBefore, two?.notBefore],
      ['queued', 1, 'ffmpeg', at + 60_000, at + 1000],
    );
    await store.jobs.update('mux', 'one', { state: 'done', lastError: null });
    assert.deepEqual(
      (await store.jobs.open('mux')).map((job) => job.recordingSessionId),
      ['two'],
    );
    assert.deepEqual(await store.jobs.open('deliver'), []);
    await assert.rejects(store.jobs.update('mux', 'three', { state: 'done' }), { code: 'constraint' });
  });

  test(`${driver}: an indicator remembers what stood there before the first time`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    const row = { guildId, kind: 'nickname', channelId: null, previous: 'Parley', shown: '[REC] Parley', at } as const;
    await store.indicators.set(row);
    await store.indicators.set({ ...row, previous: '[REC] Parley', at: at + 1 });
    assert.deepEqual(await store.indicators.all(), [{ ...row, at: at + 1 }]);
    await store.indicators.clear(guildId, 'nickname');
    assert.deepEqual(await store.indicators.all(), []);
    await store.meta.set('commands', 'abc');
    await store.meta.set('commands', 'def');
    assert.deepEqual([await store.meta.get('commands'), await store.meta.get('none')], ['def', null]);
  });

  test(`${driver}: what was recorded is there after closing and opening again`, { skip }, async () => {
    await using folder = await tempFolder();
    {
      await using store = await openTestStore(folder.path, { driver });
      store.sessions.started(session);
    }
    await using again = await openTestStore(folder.path, { driver });
    assert.equal((await again.sessions.live()).length, 1);
  });

  test(`${driver}: a damaged file is renamed aside, a new one serves, and nobody's opt-out is lost`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'parley.db');
    {
      await using store = await openTestStore(folder.path, { driver });
      store.sessions.started(session);
      await store.consents.set({ userId, guildId, kind: 'recorded', state: 'opted_out', at, textVersion: 1 });
    }
    const good = await readFile(file);
    await writeFile(
      file,
      Buffer.concat([Buffer.from('this is no database file at all, not a bit'), good.subarray(42)]),
    );
    const { lines, logger } = logLines();
    await using store = await openTestStore(folder.path, { driver, logger, clock: new FakeClock({ now: at }) });
    assert.deepEqual(await store.sessions.live(), []);
    assert.equal((await store.consents.optedOut(guildId)).has(userId), true);
    assert.equal((await stat(`${file}.corrupt-20270115T080000000Z`)).size, good.length);
    assert.ok(lines.some(({ msg }) => String(msg).startsWith('database damaged')));
  });

  test(`${driver}: damage inside a well-formed file is found at open`, { skip }, async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'parley.db');
    {
      await using store = await openTestStore(folder.path, { driver });
      for (let n = 0; n < 500; n += 1)
        store.actions.record({ kind: 'voice_runtime', guildId, at: at + n, fields: { event: `event number ${n}` } });
    }
    const bytes = await readFile(file);
    bytes.fill(0xa5, bytes.length - 4096 * 4);
    await writeFile(file, bytes);
    await using store = await openTestStore(folder.path, { driver });
    assert.equal(await store.actions.countSince(guildId, 'voice_runtime', 0), 0);
  });

  test(`${driver}: a database of a newer Parley is refused and left alone`, { skip }, async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'parley.db');
    await (await openTestStore(folder.path, { driver }))[Symbol.asyncDispose]();
    const database = await openDriver(driver, file);

    await database.exec("INSERT INTO migrations VALUES (999, 'future', 0)");
    await database.close();
    await assert.rejects(openTestStore(folder.path, { driver }), { code: 'newer_schema' });
    await stat(file);
  });

  test(`${driver}: a closed store refuses reads and counts late rows`, { skip }, async () => {
    await using folder = await tempFolder();
    const store = await openTestStore(folder.path, { driver });
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await assert.rejects(store.sessions.live(), { code: 'closed' });
    store.sessions.started(session);
    assert.equal(store.health().dropped, 1);
  });

  test(`${driver}: a folder that cannot be made is named`, { skip }, async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'plain');
    await writeFile(file, '');
    await chmod(file, 0o600);
    await assert.rejects(openTestStore(join(file, 'below'), { driver }), { code: 'io' });
  });
}
