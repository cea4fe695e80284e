import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiRecording } from '@parley/protocol/api';
import { LinkSigner } from '../link-signer.ts';
import { ada, ben, cyd, dan, guildA, id, setUp } from './testing/one-recording.ts';

test('of a recording in which nobody is heard the pages name nobody who opted out', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const empty = `${guildA}-300000000000000001-20270116T080000000Z`;
  await rig.recording({ recordingSessionId: empty, guildId: guildA, requestedByUserId: ada, status: 'empty' });
  for (const [userId, displayName] of [
    [ben, 'Ben'],
    [cyd, 'Cyd'],
  ] as const)
    rig.store.participants.seen({
      ...{ recordingSessionId: empty, userId, username: 'x', displayName, bot: false, at: 1 },
    });
  await rig.store.consents.set({
    ...{ userId: cyd, guildId: guildA, kind: 'recorded', state: 'opted_out', at: 1, textVersion: 1 },
  });
  const { cookie } = await rig.signIn(ada);
  const list = await (await fetch(`${rig.url}/api/recordings`, { headers: { cookie } })).text();
  assert.match(list, /Ben/);
  assert.doesNotMatch(list, /Cyd|400000000000000003/);
});

test('from the wish to be erased on nothing of a person is served, and what holds their voice waits', async () => {
  const said = { fromMs: 0, toMs: 1, text: 'castle' };
  const { rig } = await setUp({
    links: new LinkSigner(Buffer.alloc(32, 7)),
    services: {
      transcripts: {
        status: async () => 'done',
        fraction: () => null,
        segments: async () => [
          { ...said, userId: ben },
          { ...said, userId: ada },
        ],
        summary: async () => 'They spoke of a castle.',
        search: async () => ({ hits: [], next: null }),
      },
    },
  });
  await using _ = rig;
  const { cookie, csrf } = await rig.signIn(dan);
  const get = (path: string) => fetch(`${rig.url}${path}`, { headers: { cookie } });
  const links = new LinkSigner(Buffer.alloc(32, 7));
  const signed = (file: string) => links.sign({ recordingSessionId: id, file }, Date.now() + 60_000);
  const own = [
    `/api/recordings/${id}/mix`,
    `/api/recordings/${id}/tracks/${ben}`,
    `/api/recordings/${id}/peaks/${ben}`,
  ];
  const paths = [...own, signed('full.ogg'), signed(`tracks/${ben}.ogg`)];
  const statuses = async () => await Promise.all(paths.map(async (path) => (await get(path)).status));
  const page = async () => (await (await get(`/api/recordings/${id}`)).json()) as ApiRecording;
  const words = async () =>
    ((await (await get(`/api/recordings/${id}/transcript`)).json()) as { segments: { userId: string }[] }).segments;
  assert.deepEqual(await statuses(), [200, 200, 200, 200, 200]);
  const wish = { person: 'hash', userId: ben, guildId: guildA, sessionId: null, recordingSessionId: id } as const;
  const erasure = await rig.store.erasures.asked({ ...wish, askedBy: 'self', askedAt: Date.now(), textVersion: 1 });
  assert.deepEqual(await statuses(), [409, 409, 409, 409, 409]);
  const refusal = (await (await get(own[0] ?? '')).json()) as { error: string; message: string };
  assert.deepEqual([refusal.error, /being erased/.test(refusal.message)], ['not_ready', true]);
  const { erasing, lanes, mixUrl, notes, summary, downloads, may } = await page();
  assert.deepEqual(
    [erasing, lanes, mixUrl, notes, summary, downloads, may.export],
    [true, [], null, [], null, [], false],
  );
  assert.deepEqual(
    (await words()).map(({ userId }) => userId),
    [ada],
  );
  const list = await (await get('/api/recordings')).text();
  assert.doesNotMatch(list, /Ben/);
  const headers = { cookie, 'x-parley-csrf': csrf, 'content-type': 'application/json' };
  const body = JSON.stringify({ format: 'labels' });
  const asked = await fetch(`${rig.url}/api/recordings/${id}/exports`, { method: 'POST', headers, body });
  assert.equal(asked.status, 409);
  // The recording is done with, though a message of the erasure may still stand.
  await rig.store.erasures.touches(erasure, id);
  await rig.store.erasures.reached(erasure, id, 'done');
  assert.deepEqual(await statuses(), [200, 200, 200, 200, 200]);
  assert.equal((await page()).erasing, false);
});

test('who is erased does not see it any more, and a manager no more once the role is gone', async () => {
  let now = 0;
  const { systemClock } = await import('@parley/protocol');
  const clock = Object.assign(Object.create(systemClock) as typeof systemClock, { now: () => systemClock.now() + now });
  const { rig } = await setUp({ clock });
  await using _ = rig;
  const status = async (userId: string) => {
    const { cookie } = await rig.signIn(userId);
    return (await fetch(`${rig.url}/api/recordings/${id}`, { headers: { cookie } })).status;
  };
  assert.equal(await status(ben), 200);
  await rig.store.erasures.forget({ userId: ben, guildId: guildA, recordingSessionIds: [id] });
  assert.equal(await status(ben), 404);
  assert.equal(await status(dan), 200);
  rig.people.put(guildA, dan, false);
  now = 61_000;
  assert.equal(await status(dan), 404);
  rig.people.put(guildA, dan, true);
  rig.people.failure = new Error('Discord does not answer');
  now = 122_000;
  assert.equal(await status(dan), 404, 'what cannot be known counts as no');
});
