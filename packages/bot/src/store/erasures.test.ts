import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SegmentSidecar } from '@parley/mux';
import { FakeClock } from '@parley/protocol/testing';
import type { Store } from './store.ts';
import { drivers, openTestStore, tempFolder } from './testing/temp-store.ts';

const ada = '100000000000000001';
const bob = '100000000000000002';
const here = '300000000000000001';
const there = '300000000000000002';
const recordingIn = (guildId: string): string => `${guildId}-400000000000000001-20270115T080000000Z`;
const now = 1_800_000_000_000;

/** Ada and Bob were recorded here and there; Ada asked for both. */
const fill = async (store: Store): Promise<void> => {
  for (const guildId of [here, there]) {
    const recordingSessionId = recordingIn(guildId);
    const common = {
      guildId,
      channelId: '400000000000000001',
      textChannelId: null,
      requestedByUserId: ada,
      bootId: 'b',
    };
    store.sessions.started({
      ...common,
      sessionId: guildId,
      mode: 'record_only',
      startedAt: now,
      endedAt: null,
      endReason: null,
    });
    store.recordings.started({
      ...{
        ...common,
        recordingSessionId,
        sessionId: guildId,
        channelName: 'Table',
        folder: '/r',
        originUs: 0,
        startTime: now,
      },
      ...{ endTime: null, durationMs: null, status: 'failed', outputFile: null, continues: null, voxprocs: 1 },
      error: `ffmpeg: tracks/${ada}.ogg: Invalid data`,
    });
    for (const [userId, username] of [
      [ada, 'ada_lovelace_1815'],
      [bob, 'bob'],
    ] as const) {
      store.participants.seen({
        recordingSessionId,
        userId,
        username,
        displayName: `Countess ${username}`,
        bot: false,
        at: now,
      });
      store.actions.record({ kind: 'voice_leave_request', guildId, userId, fields: { via: 'text', outcome: 'left' } });
    }
    store.actions.record({
      kind: 'voice_session_start',
      guildId,
      fields: {
        ...{ mode: 'record_only', requestedByUserId: ada, voiceChannelId: '1', maxSessionMinutes: null },
        ...{ inactivityLeaveSeconds: null, intentConfidence: 1 },
      },
    });
    await store.guildSettings.set(guildId, { joinRoleIds: [ada, bob] });
    await store.consents.set({ userId: ada, guildId, kind: 'recorded', state: 'opted_out', at: now, textVersion: 1 });
  }
  // Enough that pages fill, split and are freed.
  for (let i = 0; i < 400; i += 1) {
    const recordingSessionId = recordingIn(here).replace('080000', String(100_000 + i));
    store.participants.seen({
      recordingSessionId,
      userId: ada,
      username: 'ada_lovelace_1815',
      displayName: 'Countess ada_lovelace_1815',
      bot: false,
      at: now,
    });
  }
  await store.flush();
};

const sidecarOf = (recordingSessionId: string, userId: string): SegmentSidecar => ({
  ...{ schema: 1, recordingSessionId, segmentId: `${userId}/000000000000-1`, userId, username: 'a', displayName: 'A' },
  ...{ bot: false, part: 1, ssrc: [1], startSample: 0, samples: 960, startTime: now, endTime: now, durationMs: 20 },
  packets: { received: 1, written: 1, dropped: {}, lost: 0 },
  ...{
    fill: { lossConcealed: 0, lossSilence: 0, pause: 0 },
    lostSamples: 0,
    lostBetween: 0,
    file: '000000000000-1.ogg',
  },
  ...{
    clock: { rtpStart: 0, offsetSamples: 0, driftPpm: 0, reanchors: [], points: [] },
    encryption: { version: 1, failures: 0 },
  },
  ...{ bytes: 100, pages: 3, status: 'closed', closedBy: 'silence' },
});

const contentOf = async (folder: string): Promise<string> => {
  const names = (await readdir(folder)).filter((name) => name.startsWith('parley.db'));
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('');
};

for (const { driver, skip } of drivers) {
  test(`with ${driver}, of a person who is erased everywhere the files of the database keep decisions alone`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    {
      await using store = await openTestStore(folder.path, { driver });
      await fill(store);
      assert.match(await contentOf(folder.path), /Countess ada_lovelace_1815/);
      const rows = await store.erasures.forget({ userId: ada, guildId: null, recordingSessionIds: null });
      assert.equal(rows, 402 + 2 + 2 + 2 + 2 + 2 + 2);
      await store.erasures.compact();
      const content = await contentOf(folder.path);
      assert.doesNotMatch(content, /ada_lovelace/);
      // One row in the table and one entry in each index, here and there.
      assert.equal(content.split(ada).length - 1, 4);
      assert.equal((await store.consents.of(ada)).length, 2);
      assert.deepEqual(
        (await store.participants.of(recordingIn(here))).map(({ userId }) => userId),
        [bob],
      );
      assert.deepEqual((await store.guildSettings.get(here)).joinRoleIds, [bob]);
      const row = await store.recordings.get(recordingIn(there));
      assert.deepEqual([row?.requestedByUserId, row?.error], ['0', 'ffmpeg: tracks/0.ogg: Invalid data']);
    }
  });

  test(`with ${driver}, an erasure in one guild, or of some recordings, leaves the rest as it is`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    await fill(store);
    const seen = async (guildId: string): Promise<number> => (await store.participants.of(recordingIn(guildId))).length;
    assert.equal(
      await store.erasures.forget({ userId: ada, guildId: null, recordingSessionIds: [recordingIn(there)] }),
      1,
    );
    assert.deepEqual([await seen(here), await seen(there)], [2, 1]);
    assert.equal((await store.recordings.get(recordingIn(there)))?.requestedByUserId, ada);
    await store.erasures.forget({ userId: ada, guildId: here, recordingSessionIds: null });
    assert.equal(await seen(here), 1);
    assert.equal((await store.recordings.get(recordingIn(here)))?.requestedByUserId, '0');
    assert.equal((await store.recordings.get(recordingIn(there)))?.requestedByUserId, ada);
    assert.deepEqual((await store.guildSettings.get(there)).joinRoleIds, [ada, bob]);
  });

  test(`with ${driver}, the erasure log keeps a hash, counts, and the id only until it is done`, { skip }, async () => {
    await using folder = await tempFolder();
    const clock = new FakeClock({ now });
    await using store = await openTestStore(folder.path, { driver, clock });
    const wish = {
      person: 'hash',
      userId: ada,
      guildId: here,
      sessionId: null,
      recordingSessionId: recordingIn(here),
      askedBy: 'self',
      askedAt: now,
      textVersion: 2,
    } as const;
    const id = await store.erasures.asked(wish);
    await store.erasures.touches(id, recordingIn(here));
    await store.erasures.touches(id, recordingIn(here));
    assert.deepEqual([...(await store.erasures.touched(id))], [[recordingIn(here), 'begun']]);
    await store.erasures.reached(id, recordingIn(here), 'waiting');
    assert.deepEqual([...(await store.erasures.touched(id))], [[recordingIn(here), 'waiting']]);
    await store.erasures.tried(id, { recordings: 1, bytes: 100, messages: 1, rows: 2, error: 'busy' });
    assert.deepEqual(
      (await store.erasures.open()).map(({ attempts, lastError }) => [attempts, lastError]),
      [[1, 'busy']],
    );
    await store.erasures.tried(id, { recordings: 1, bytes: 10, messages: 0, rows: 0, error: null });
    await store.erasures.done(id);
    assert.deepEqual(await store.erasures.open(), []);
    const { userId, person, bytes, messages, attempts, doneAt } = (await store.erasures.all())[0] ?? assert.fail();
    assert.deepEqual(
      { userId, person, bytes, messages, attempts, doneAt },
      { userId: null, person: 'hash', bytes: 110, messages: 1, attempts: 2, doneAt: now },
    );
  });

  test(`with ${driver}, messages that hold a voice are taken back, those on their way at that moment too`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    const clock = new FakeClock({ now });
    await using store = await openTestStore(folder.path, { driver, clock });
    const recordingSessionId = recordingIn(here);
    const message = (messageId: string) =>
      ({ channelId: '9', messageId, recordingSessionId, kind: 'mix', at: clock.now() }) as const;
    assert.equal(await store.deliveries.posted(message('1'), clock.now()), true);
    assert.equal(await store.deliveries.wasTakenBack(recordingSessionId), false);
    const readBefore = clock.now();
    clock.advance(1000);
    await store.erasures.touches(1, recordingSessionId);
    assert.equal(await store.deliveries.doom(recordingSessionId), 1);
    clock.advance(1000);
    assert.equal(await store.deliveries.posted(message('2'), readBefore), false);
    assert.equal(await store.deliveries.posted(message('3'), clock.now()), true);
    const readDuring = clock.now();
    clock.advance(1000);
    await store.erasures.touches(1, recordingSessionId);
    assert.equal(await store.deliveries.posted(message('4'), readDuring), false);
    await store.deliveries.withdrawn('9', '4');
    assert.deepEqual(
      (await store.deliveries.doomed()).map(({ messageId }) => messageId),
      ['1', '2'],
    );
    assert.deepEqual(
      (await store.deliveries.of(recordingSessionId)).map(({ messageId }) => messageId),
      ['3'],
    );
    await store.deliveries.withdrawn('9', '1');
    assert.deepEqual(
      (await store.deliveries.doomed()).map(({ messageId }) => messageId),
      ['2'],
    );
    assert.equal(await store.deliveries.wasTakenBack(recordingSessionId), true);
  });

  test(`with ${driver}, whose voice is in a message is known as long as it stands, its recording gone or not`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    await fill(store);
    const [posted, unposted] = [recordingIn(here), recordingIn(there)];
    for (const recordingSessionId of [posted, unposted]) store.segments.closed(sidecarOf(recordingSessionId, ada));
    const message = { channelId: '9', messageId: '1', recordingSessionId: posted, kind: 'mix', at: now } as const;
    await store.deliveries.posted(message, now);
    store.recordings.forgotten(posted);
    store.recordings.forgotten(unposted);
    const ofAda = (guildId: string | null, until = now) => store.deliveries.withVoice({ userId: ada, guildId, until });
    assert.deepEqual([await ofAda(null), await ofAda(here), await ofAda(there)], [[posted], [posted], []]);
    assert.deepEqual(await ofAda(null, now - 1), []);
    assert.deepEqual([await store.segments.count(posted), await store.segments.count(unposted)], [1, 0]);
    assert.deepEqual(await store.deliveries.withVoice({ userId: bob, guildId: null, until: now }), []);
    await store.deliveries.doom(posted);
    assert.deepEqual(await ofAda(null), []);
  });

  test(`with ${driver}, a guild that is purged leaves what its people decided`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    await fill(store);
    await store.departures.noted(here, now);
    await store.departures.noted(here, now + 5);
    assert.deepEqual(await store.departures.all(), [{ guildId: here, since: now }]);
    assert.deepEqual((await store.departures.knownGuilds()).toSorted(), [here, there]);
    assert.ok((await store.departures.purge(here)) > 400);
    assert.deepEqual(await store.departures.knownGuilds(), [there]);
    assert.deepEqual(await store.departures.all(), []);
    assert.ok((await store.consents.optedOut(here)).has(ada));
    assert.equal(await store.departures.cancelled(here), false);
  });

  test(`with ${driver}, each kind of consent stands for itself`, { skip }, async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore(folder.path, { driver });
    const say = (kind: 'recorded' | 'transcribed', state: 'opted_in' | 'opted_out', at: number) =>
      store.consents.set({ userId: ada, guildId: here, kind, state, at, textVersion: 1 });
    await say('recorded', 'opted_in', now);
    await say('transcribed', 'opted_out', now + 1);
    assert.deepEqual([...(await store.consents.optedIn(here))], [ada]);
    assert.deepEqual([...(await store.consents.optedOut(here))], []);
    assert.deepEqual([...(await store.consents.optedOut(here, 'transcribed'))], [ada]);
    assert.deepEqual([...(await store.consents.optedOut(here, 'remembered'))], []);
  });
}
