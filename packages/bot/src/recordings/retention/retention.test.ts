import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingFolder, recordingLayout } from '@parley/mux';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { guildDefaultsOf, parseSettings } from '../../config/index.ts';
import { openStore } from '../../store/index.ts';
import { Background } from '../../vox/background.ts';
import { newSessionFile, writeSessionFile } from '../session-files.ts';
import { GuildDepartures } from './departures.ts';
import { Retention, sweepEveryMs } from './retention.ts';
import { runRetention } from './run-retention.ts';

const day = 24 * 3_600_000;
const now = 1_800_000_000_000;
const home = '100000000000000001';
const other = '100000000000000003';
const user = '200000000000000001';

/** A store, a clock and a folder of recordings that take 1000 bytes each. */
const openRig = async () => {
  const root = await mkdtemp(join(tmpdir(), 'parley-retention-'));
  const clock = new FakeClock({ now });
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const scope = new AsyncDisposableStack();
  scope.defer(() => rm(root, { recursive: true }));
  const settings = parseSettings({ recordingsDir: root, dataDir: join(root, 'data'), retentionDays: 30 });
  const guildDefaults = guildDefaultsOf(settings);
  const file = join(root, 'data', 'parley.db');
  const store = scope.use(await openStore({ file, clock, logger, driver: 'node', guildDefaults }));
  const inUse = new Set<string>();
  const isInUse = (recordingSessionId: string): boolean => inUse.has(recordingSessionId);
  const options = { recordingsDir: root, dataDir: join(root, 'data'), store, clock, logger, isInUse };
  const retention = scope.use(new Retention({ ...options, background }));
  const write = async (daysAgo: number, guildId = home): Promise<string> => {
    const startTime = now - daysAgo * day;
    const recordingSessionId = `${guildId}-100000000000000002-${new Date(startTime).toISOString().replaceAll(/[-:.]/g, '')}`;
    const folder = recordingFolder(root, recordingSessionId);
    const identity = {
      sessionId: 's',
      recordingSessionId,
      guildId,
      channelId: '100000000000000002',
      channelName: 'Table',
      startTime,
    };
    await mkdir(join(folder, 'segments'), { recursive: true });
    await writeSessionFile(folder, { ...newSessionFile(identity), status: 'completed', endTime: startTime });
    const { size } = await stat(recordingLayout(folder).sessionFile);
    await writeFile(join(folder, 'full.ogg'), Buffer.alloc(1000 - size));
    store.recordings.started({
      ...{
        ...identity,
        textChannelId: null,
        requestedByUserId: user,
        folder,
        bootId: 'b',
        originUs: 0,
        endTime: startTime,
      },
      ...{ durationMs: 1, status: 'completed', outputFile: 'full.ogg', continues: null, voxprocs: 1, error: null },
    });
    store.participants.seen({
      recordingSessionId,
      userId: user,
      username: 'ada',
      displayName: 'Ada',
      bot: false,
      at: startTime,
    });
    return recordingSessionId;
  };
  const kept = async (): Promise<string[]> => (await readdir(join(root, 'sessions'))).toSorted();
  const logged = async (): Promise<Record<string, unknown>[]> =>
    (await readFile(join(root, 'data', 'deletions.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  return {
    ...{ inUse, root, clock, store, options, retention, background, write, kept, logged },
    departures: new GuildDepartures({ store, clock, logger }),
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
};

test('the sweep deletes what is over, its rows too, lists it, and touches nothing else, at the start and each hour', async () => {
  await using rig = await openRig();
  const { root, store, retention } = rig;
  const old = await rig.write(40);
  const fresh = await rig.write(29.99);
  const sessions = join(root, 'sessions');
  const unreadable = old.replace(/\d{9}Z$/, '000000000Z');
  await mkdir(join(sessions, unreadable));
  rig.inUse.add(unreadable);
  await mkdir(join(sessions, `${unreadable}.deleting`));
  await mkdir(join(sessions, 'notes.deleting'));

  const { deletions } = await retention.sweep();
  assert.deepEqual(
    deletions.map(({ recordingSessionId, bytes }) => [recordingSessionId, bytes]),
    [[old, 1000]],
  );
  await store.flush();
  assert.equal(await store.recordings.get(old), null);
  assert.equal((await store.participants.of(old)).length, 0);
  assert.notEqual(await store.recordings.get(fresh), null);
  assert.deepEqual(await rig.kept(), [fresh, unreadable, 'notes.deleting'].toSorted());
  assert.deepEqual(await rig.logged(), [
    { v: 1, at: now, recordingSessionId: old, guildId: home, reason: 'expired', bytes: 1000 },
  ]);
  assert.equal((await stat(join(root, 'data', 'deletions.jsonl'))).mode & 0o777, 0o600);
  assert.equal(await store.actions.countSince(home, 'recording_deleted', 0), 1);

  rig.clock.advance(sweepEveryMs);
  await rig.background.settled();
  assert.deepEqual(await rig.kept(), [unreadable, 'notes.deleting'].toSorted());
});

test('a recording whose exports cannot be removed now stays with them until they can', async () => {
  await using rig = await openRig();
  const old = await rig.write(40);
  const exports = join(rig.root, 'data', 'exports');
  await writeFile(exports, 'in the way');
  assert.equal((await runRetention(rig.options)).failed.length, 1);
  assert.deepEqual(await rig.kept(), [old]);
  await rm(exports);
  await runRetention(rig.options);
  assert.deepEqual(await rig.kept(), []);
});

test('a recording that says it runs goes by when it was last written, not while it is written', async () => {
  await using rig = await openRig();
  const left = await rig.write(40);
  const folder = recordingFolder(rig.root, left);
  const { sessionFile, journal, supervisorJournal } = recordingLayout(folder);
  const text = JSON.parse(await readFile(sessionFile, 'utf8'));
  await writeFile(sessionFile, JSON.stringify({ ...text, status: 'recording', endTime: null }));
  await mkdir(journal);
  await writeFile(supervisorJournal, '');
  const writtenDaysAgo = async (path: string, days: number) =>
    await utimes(path, (now - days * day) / 1000, (now - days * day) / 1000);
  await writtenDaysAgo(sessionFile, 40);
  await writtenDaysAgo(supervisorJournal, 0);
  await runRetention(rig.options);
  assert.deepEqual(await rig.kept(), [left]);
  await writtenDaysAgo(supervisorJournal, 31);
  await runRetention(rig.options);
  assert.deepEqual(await rig.kept(), []);
});

test('a dry run says what would go and changes nothing', async () => {
  await using rig = await openRig();
  const old = await rig.write(40);
  await rig.store.guildSettings.set(home, { retentionGigabytes: 0.000_001_5 });
  const two = [await rig.write(2), await rig.write(1)];
  const { deletions } = await runRetention(rig.options, { dryRun: true });
  assert.deepEqual(
    deletions.map(({ recordingSessionId, reason, bytes }) => [recordingSessionId, reason, bytes]),
    [
      [old, 'expired', 1000],
      [two[0], 'over_size', 1000],
    ],
  );
  assert.deepEqual(await rig.kept(), [old, ...two].toSorted());
  assert.equal(existsSync(join(rig.root, 'data', 'deletions.jsonl')), false);
  await runRetention(rig.options);
  assert.deepEqual(await rig.kept(), [two[1]]);
});

test('links among the recordings and in them are not followed', async () => {
  await using rig = await openRig();
  const old = await rig.write(40);
  const precious = join(rig.root, 'precious');
  await mkdir(precious);
  await writeFile(join(precious, 'diary'), 'mine');
  await copyFile(recordingLayout(recordingFolder(rig.root, old)).sessionFile, join(precious, 'session.json'));
  await symlink(precious, join(rig.root, 'sessions', old.replace(/\d{9}Z$/, '000000000Z')));
  await symlink(precious, join(recordingFolder(rig.root, old), 'inside'));
  const { deletions } = await rig.retention.sweep();
  assert.deepEqual(
    deletions.map(({ recordingSessionId }) => recordingSessionId),
    [old],
  );
  assert.deepEqual((await readdir(precious)).toSorted(), ['diary', 'session.json']);
  assert.equal((await rig.kept()).length, 1);
});

test('a guild that removed the bot is purged after 7 days, across restarts, and not when it comes back in time', async () => {
  await using rig = await openRig();
  const { store, departures, retention, clock } = rig;
  const mine = await rig.write(1);
  const theirs = await rig.write(1, other);
  await store.guildSettings.set(home, { retentionDays: 0 });
  await store.consents.set({
    userId: user,
    guildId: home,
    kind: 'recorded',
    state: 'opted_out',
    at: now,
    textVersion: 1,
  });
  await store.flush();

  await departures.removed(other);
  clock.advance(6 * day);
  // Another process finds the same: one was removed earlier and is back, the other has gone meanwhile.
  await departures.compare(new Set([other]));
  assert.deepEqual(await store.departures.all(), [{ guildId: home, since: now + 6 * day }]);
  clock.advance(6 * day);
  await departures.compare(new Set([other]));
  await retention.sweep();
  assert.deepEqual(await rig.kept(), [mine, theirs].toSorted());

  clock.advance(1 * day + 1);
  await retention.sweep();
  assert.deepEqual(await rig.kept(), [theirs]);
  await store.flush();
  assert.deepEqual(await store.departures.knownGuilds(), [other]);
  assert.equal((await store.guildSettings.get(home)).retentionDays, 30);
  assert.deepEqual(await store.departures.all(), []);
  assert.ok((await store.consents.optedOut(home)).has(user));
  assert.equal(await store.actions.countSince(home, 'guild_purged', 0), 1);
});
