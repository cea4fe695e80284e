import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordingRow } from './rows.ts';
import { drivers, openTestStore, tempFolder } from './testing/temp-store.ts';

const guildA = '100000000000000001';
const guildB = '100000000000000002';
const ada = '200000000000000001';
const ben = '200000000000000002';

const recording = (id: string, guildId: string, requestedByUserId: string, startTime: number): RecordingRow => ({
  ...{ recordingSessionId: id, sessionId: 's', guildId, channelId: 'c', channelName: 'Table', textChannelId: null },
  ...{ requestedByUserId, folder: '/nowhere', bootId: 'b', originUs: 0, startTime, endTime: null, durationMs: null },
  ...{ status: 'completed', outputFile: null, continues: null, voxprocs: 1, error: null },
});

for (const { driver, skip } of drivers) {
  test(`a sign-in link works once, until it expires, and a newer one replaces it (${driver})`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    const link = (hash: string, expiresAt: number) =>
      store.signIns.linkMade({ hash, userId: ada, target: '/', createdAt: 0, expiresAt });
    await link('one', 1000);
    const both = await Promise.all([store.signIns.linkUsed('one', 500), store.signIns.linkUsed('one', 500)]);
    assert.deepEqual(
      both.filter((used) => used !== null),
      [{ userId: ada, target: '/' }],
    );
    await link('two', 1000);
    assert.equal(await store.signIns.linkUsed('two', 1000), null, 'expired');
    await link('three', 1000);
    await link('four', 1000);
    assert.equal(await store.signIns.linkUsed('three', 1), null, 'replaced');
    assert.notEqual(await store.signIns.linkUsed('four', 1), null);
  });

  test(`a sign-in lasts until it expires or is ended, here or everywhere (${driver})`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    for (const [hash, userId] of [
      ['a', ada],
      ['b', ada],
      ['c', ben],
    ] as const)
      await store.signIns.begun({ hash, userId, csrf: 'x', createdAt: 0, expiresAt: 100 });
    assert.equal((await store.signIns.get('a', 99))?.userId, ada);
    assert.equal(await store.signIns.get('a', 100), null);
    await store.signIns.prolonged('a', 200);
    assert.notEqual(await store.signIns.get('a', 150), null);
    assert.equal(await store.signIns.endedAll(ada), 2);
    assert.equal(await store.signIns.get('a', 1), null);
    assert.notEqual(await store.signIns.get('c', 1), null);
    assert.equal(await store.signIns.sweep(100), 1);
    assert.equal(await store.signIns.get('c', 1), null);
  });

  test(`somebody sees what they asked for, are heard in, or manage, page by page (${driver})`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    store.recordings.started(recording('asked', guildA, ada, 5));
    store.recordings.started(recording('heard', guildB, ben, 4));
    store.recordings.started(recording('other', guildB, ben, 3));
    store.recordings.started(recording('managed', guildA, ben, 2));
    const sidecar = { recordingSessionId: 'heard', segmentId: `${ada}/000000000000-0`, userId: ada, startSample: 0 };
    store.segments.closed({
      ...sidecar,
      ...{ samples: 1, packets: { received: 1, written: 1, lost: 0 }, bytes: 1, status: 'closed', closedBy: null },
    } as never);
    const ids = async (query: Partial<Parameters<typeof store.recordings.visible>[0]>) =>
      (
        await store.recordings.visible({
          ...{ userId: ada, wholeGuilds: [], guildId: null, before: null, limit: 10 },
          ...query,
        })
      ).map(({ recordingSessionId }) => recordingSessionId);
    assert.deepEqual(await ids({}), ['asked', 'heard']);
    assert.deepEqual(await ids({ wholeGuilds: [guildA] }), ['asked', 'heard', 'managed']);
    assert.deepEqual(await ids({ wholeGuilds: [guildA], guildId: guildA }), ['asked', 'managed']);
    assert.deepEqual(await ids({ userId: null, wholeGuilds: [guildB] }), ['heard', 'other']);
    assert.deepEqual(await ids({ userId: null }), []);
    assert.deepEqual(await ids({ limit: 1 }), ['asked']);
    assert.deepEqual(await ids({ before: { startTime: 5, recordingSessionId: 'asked' }, limit: 1 }), ['heard']);
    assert.equal(await store.recordings.concerns('heard', ada), true);
    assert.equal(await store.recordings.concerns('other', ada), false);
    await store.erasures.forget({ userId: ada, guildId: null, recordingSessionIds: ['heard'] });
    assert.equal(await store.recordings.concerns('heard', ada), false, 'who was erased is not heard in it');
  });

  test(`a token has a name of its own and is gone when it is removed (${driver})`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    const token = { hash: 'h', name: 'wiki', guildId: guildA, createdAt: 1 };
    assert.equal(await store.apiTokens.add(token), true);
    assert.equal(await store.apiTokens.add({ ...token, hash: 'i' }), false);
    store.apiTokens.used('h', 7);
    await store.flush();
    assert.deepEqual(await store.apiTokens.all(), [{ ...token, lastUsedAt: 7 }]);
    assert.equal(await store.apiTokens.removed('wiki'), true);
    assert.equal(await store.apiTokens.removed('wiki'), false);
    assert.equal(await store.apiTokens.get('h'), null);
  });
}

test('who is forgotten is signed out', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore(folder.path);
  await store.signIns.begun({ hash: 'a', userId: ada, csrf: 'x', createdAt: 0, expiresAt: 100 });
  await store.signIns.linkMade({ hash: 'l', userId: ada, target: '/', createdAt: 0, expiresAt: 100 });
  await store.erasures.forget({ userId: ada, guildId: null, recordingSessionIds: null });
  assert.equal(await store.signIns.get('a', 1), null);
  assert.equal(await store.signIns.linkUsed('l', 1), null);
});
