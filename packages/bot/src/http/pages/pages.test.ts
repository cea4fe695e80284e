import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { type ApiRecording, type ApiRoute, apiRoutes } from '@parley/protocol/api';
import { PagesRig } from '../../testing/pages-rig.ts';
import { LinkSigner } from '../link-signer.ts';

const guildA = '100000000000000001';
const guildB = '100000000000000002';
const ada = '200000000000000001';
const ben = '200000000000000002';
const cyd = '200000000000000003';
const dan = '200000000000000004';
const id = `${guildA}-300000000000000001-20270115T080000000Z`;
const unknownId = `${guildA}-300000000000000009-20270115T080000000Z`;

/** A recording that Ada asked for and Ben is heard in; Cyd is another member, Dan manages the server. */
const setUp = async (options: Parameters<typeof PagesRig.start>[0] = {}) => {
  const rig = await PagesRig.start(options);
  rig.people.names.set(guildA, 'Guild A');
  for (const userId of [ada, ben, cyd]) rig.people.put(guildA, userId);
  rig.people.put(guildA, dan, true);
  const person = { userId: ben, username: 'ben', displayName: 'Ben', bot: false, speechMs: 5000 };
  const folder = await rig.recording(
    { recordingSessionId: id, guildId: guildA, requestedByUserId: ada },
    { participants: [person], markers: [{ sample: 48_000, userId: ben, text: 'a note' }] },
  );
  const layout = recordingLayout(folder);
  await writeFile(layout.mix, 'OggS0123456789');
  await writeFile(layout.track(ben), 'OggSben');
  await mkdir(join(folder, 'peaks'));
  const levels = Buffer.from([0, 255]).toString('base64');
  await writeFile(join(folder, 'peaks', `${ben}.json`), JSON.stringify({ msPerPoint: 100, levels }));
  rig.store.segments.closed({
    ...{ recordingSessionId: id, segmentId: `${ben}/000000000000-0`, userId: ben, startSample: 0, samples: 240_000 },
    ...{ packets: { received: 1, written: 1, lost: 0 }, bytes: 1, status: 'closed', closedBy: null },
  } as never);
  await rig.store.flush();
  return { rig, folder };
};

const bodies: Readonly<Record<string, unknown>> = {
  note: { atMs: 1000, text: 'here' },
  erase: { userId: ben },
  export: { format: 'labels' },
  signOut: {},
};

const filled = (path: string): string =>
  path.replace(':id', id).replace(':userId', ben).replace(':exportId', '00000000-0000-4000-8000-000000000009');

type Who = 'stranger' | 'participant' | 'requester' | 'member' | 'manager' | 'own token' | 'other token';
const everybody: readonly Who[] = [
  'stranger',
  'participant',
  'requester',
  'member',
  'manager',
  'own token',
  'other token',
];

/** What each may expect of a route, by its access. */
const expected = (name: string, route: ApiRoute, who: Who): number => {
  const isToken = who === 'own token' || who === 'other token';
  if (isToken && !route.token) return 403;
  if (route.access === 'anybody') return 200;
  if (who === 'stranger') return 401;
  if (route.access === 'signed_in') return 200;
  if (route.access === 'own_export') return 404; // nobody has begun that one
  const maySee = who !== 'member' && who !== 'other token';
  if (!maySee) return 404;
  if (name === 'live') return 409; // it does not run
  if (name === 'erase') return who === 'participant' || who === 'manager' ? 202 : 403;
  return 200;
};

test('every route, walked as everybody', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const users = { participant: ben, requester: ada, member: cyd, manager: dan } as const;
  const tokens = { 'own token': await rig.token(guildA, 'a'), 'other token': await rig.token(guildB, 'b') } as const;
  const seen: string[] = [];
  for (const who of everybody) {
    for (const [name, route] of Object.entries<ApiRoute>(apiRoutes)) {
      const headers: Record<string, string> = {};
      if (who === 'own token' || who === 'other token') headers.authorization = `Bearer ${tokens[who]}`;
      else if (who !== 'stranger') {
        const { cookie, csrf } = await rig.signIn(users[who]);
        headers.cookie = cookie;
        headers['x-parley-csrf'] = csrf;
      }
      if (route.method === 'POST') headers['content-type'] = 'application/json';
      const query = name === 'search' ? '?q=word' : '';
      const response = await fetch(`${rig.url}${filled(route.path)}${query}`, {
        ...{ method: route.method, headers },
        ...(route.method === 'POST' ? { body: JSON.stringify(bodies[name] ?? {}) } : {}),
      });
      assert.equal(response.status, expected(name, route, who), `${who}: ${name}`);
      if (typeof route.answer !== 'string' && response.ok) {
        assert.equal(
          route.answer.safeParse(await response.json()).success,
          true,
          `${name} answers as the contract says`,
        );
      } else await response.arrayBuffer();
      seen.push(`${who} ${name}`);
    }
  }
  assert.equal(seen.length, everybody.length * Object.keys(apiRoutes).length);
});

test('what one may not see answers like what does not exist', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const { cookie } = await rig.signIn(cyd);
  const answers = await Promise.all(
    [id, unknownId, 'nonsense', '..%2f..%2fetc'].map(async (one) => {
      const response = await fetch(`${rig.url}/api/recordings/${one}`, { headers: { cookie } });
      return [response.status, await response.text()];
    }),
  );
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
  assert.equal(answers[0]?.[0], 404);
});

test('a list holds what somebody may see, and goes on where the page before ended', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  for (let n = 0; n < 5; n += 1) {
    const recordingSessionId = `${guildA}-300000000000000001-2026111${n}T080000000Z`;
    await rig.recording({
      recordingSessionId,
      guildId: guildA,
      requestedByUserId: ada,
      startTime: 1_780_000_000_000 + n,
    });
  }
  const ids = async (userId: string): Promise<string[]> => {
    const { cookie } = await rig.signIn(userId);
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const response = await fetch(`${rig.url}/api/recordings?limit=2${cursor}`, { headers: { cookie } });
      const page = (await response.json()) as { recordings: { id: string }[]; next: string | null };
      found.push(...page.recordings.map((one) => one.id));
      if (page.next === null) return found;
      cursor = `&cursor=${page.next}`;
    }
  };
  assert.equal((await ids(ada)).length, 6);
  assert.equal(new Set(await ids(dan)).size, 6);
  assert.deepEqual(await ids(ben), [id]);
  assert.deepEqual(await ids(cyd), []);
});

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

const forgeries = [
  ['no token', { 'x-parley-csrf': undefined }],
  ['a wrong token', { 'x-parley-csrf': 'x'.repeat(43) }],
  ['a foreign Origin', { origin: 'https://elsewhere.example' }],
  ['another site', { 'sec-fetch-site': 'cross-site' }],
] as const;
for (const [what, change] of forgeries)
  test(`a change with ${what} is refused, and nothing happens`, async () => {
    const { rig } = await setUp();
    await using _ = rig;
    const { cookie, csrf } = await rig.signIn(dan);
    const headers = Object.entries({ cookie, 'x-parley-csrf': csrf, 'content-type': 'application/json', ...change });
    const response = await fetch(`${rig.url}/api/recordings/${id}/erase`, {
      method: 'POST',
      headers: headers.filter((entry): entry is [string, string] => entry[1] !== undefined),
      body: JSON.stringify({ userId: ben }),
    });
    assert.equal(response.status, 403);
    assert.equal(((await response.json()) as { error: string }).error, 'csrf');
    assert.deepEqual(rig.erased, []);
  });

test('a change from our own page is taken', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const { cookie, csrf } = await rig.signIn(ben);
  const response = await fetch(`${rig.url}/api/recordings/${id}/erase`, {
    method: 'POST',
    headers: { cookie, 'x-parley-csrf': csrf, 'content-type': 'application/json', origin: new URL(rig.url).origin },
    body: JSON.stringify({ userId: ben }),
  });
  assert.equal(response.status, 202);
  const wish = { userId: ben, guildId: guildA, sessionId: null, recordingSessionId: id, askedBy: 'self' };
  assert.deepEqual(rig.erased, [wish], 'of the recording that the page shows, and of no other');
});

for (const [what, path, init] of [
  ['a text that is too long', 'notes', { body: JSON.stringify({ atMs: 1, text: 'x'.repeat(201) }) }],
  ['a place before the beginning', 'notes', { body: JSON.stringify({ atMs: -1, text: 'x' }) }],
  ['a place after the end', 'notes', { body: JSON.stringify({ atMs: 60_001, text: 'x' }) }],
  ['no JSON', 'notes', { body: '{' }],
  ['a body of megabytes', 'notes', { body: JSON.stringify({ atMs: 1, text: 'x'.repeat(2_000_000) }) }],
  ['an unknown format', 'exports', { body: JSON.stringify({ format: 'exe' }) }],
] as const)
  test(`${what} is refused with words`, async () => {
    const { rig } = await setUp();
    await using _ = rig;
    const { cookie, csrf } = await rig.signIn(ben);
    const response = await fetch(`${rig.url}/api/recordings/${id}/${path}`, {
      ...{ method: 'POST', headers: { cookie, 'x-parley-csrf': csrf, 'content-type': 'application/json' } },
      ...init,
    });
    assert.ok(response.status >= 400 && response.status < 500, String(response.status));
    const answer = (await response.json()) as { error: string; message: string };
    assert.equal(answer.error, 'bad_request');
    assert.ok(answer.message.length > 10);
  });

test('a note on a finished recording stands in a journal of its own and on the page', async () => {
  const { rig, folder } = await setUp();
  await using _ = rig;
  const { cookie, csrf } = await rig.signIn(ben);
  const headers = { cookie, 'x-parley-csrf': csrf, 'content-type': 'application/json' };
  const body = JSON.stringify({ atMs: 2500, text: '  two \n lines ' });
  const kept = await fetch(`${rig.url}/api/recordings/${id}/notes`, { method: 'POST', headers, body });
  assert.deepEqual(await kept.json(), { atMs: 2500, userId: ben, displayName: 'Ben', text: 'two lines' });
  const line = JSON.parse((await readFile(join(folder, 'journal', 'notes.jsonl'), 'utf8')).trim());
  assert.deepEqual([line.type, line.sample, line.text], ['marker', 120_000, 'two lines']);
  const page = (await (await fetch(`${rig.url}/api/recordings/${id}`, { headers })).json()) as {
    notes: { atMs: number; text: string }[];
  };
  assert.deepEqual(
    page.notes.map(({ atMs, text }) => [atMs, text]),
    [
      [1000, 'a note'],
      [2500, 'two lines'],
    ],
  );
});

test('audio is served in ranges, and saved under a name when it is downloaded', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const { cookie } = await rig.signIn(ben);
  const part = await fetch(`${rig.url}/api/recordings/${id}/mix`, { headers: { cookie, range: 'bytes=4-6' } });
  assert.deepEqual([part.status, await part.text()], [206, '012']);
  assert.equal(part.headers.get('content-disposition'), null);
  const saved = await fetch(`${rig.url}/api/recordings/${id}/tracks/${ben}?download`, { headers: { cookie } });
  assert.equal(saved.headers.get('content-disposition'), `attachment; filename="${id}-${ben}.ogg"`);
  assert.equal(await saved.text(), 'OggSben');
});

test('an export is made, fetched by who began it, and by nobody else', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const own = await rig.signIn(ben);
  const headers = { cookie: own.cookie, 'x-parley-csrf': own.csrf, 'content-type': 'application/json' };
  const body = JSON.stringify({ format: 'labels', fromMs: 1000 });
  const begun = await fetch(`${rig.url}/api/recordings/${id}/exports`, { method: 'POST', headers, body });
  const { exportId } = (await begun.json()) as { exportId: string };
  let job = { state: '', url: '' };
  while (job.state !== 'done') {
    job = (await (await fetch(`${rig.url}/api/exports/${exportId}`, { headers })).json()) as typeof job;
  }
  const file = await fetch(`${rig.url}${job.url}`, { headers });
  assert.equal(await file.text(), 'exported');
  assert.equal(file.headers.get('content-disposition'), `attachment; filename="${id}-labels.txt"`);
  const { cookie } = await rig.signIn(ada);
  assert.equal((await fetch(`${rig.url}${job.url}`, { headers: { cookie } })).status, 404);
  await rig.store.erasures.forget({ userId: ben, guildId: guildA, recordingSessionIds: [id] });
  assert.equal(
    (await fetch(`${rig.url}${job.url}`, { headers })).status,
    404,
    'who may not see it gets no export of it',
  );
});

test('a sign-in link changes nothing when it is looked at, signs in once by its button, and is used up then', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const link = `${rig.url}${await rig.desk.linkFor(ben, `/s/${id}?t=5`)}`;
  for (let look = 0; look < 3; look += 1) {
    const page = await fetch(link);
    assert.equal(page.status, 200);
    assert.match(
      await page.text(),
      /as <strong><bdi>User 2<\/bdi><\/strong> and come to the recording of Table, September 21, 2026/,
    );
  }
  const foreign = await fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: 'https://elsewhere.example' },
  });
  assert.equal(foreign.status, 410, 'no other site signs anybody in');
  const used = await fetch(link, {
    ...{ method: 'POST', redirect: 'manual' },
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(rig.url).origin },
    body: '',
  });
  assert.deepEqual([used.status, used.headers.get('location')], [303, `/s/${id}?t=5`]);
  const cookie = used.headers.get('set-cookie') ?? '';
  assert.match(cookie, /^parley=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  const keptMs = Date.parse(/Expires=([^;]+)/.exec(cookie)?.[1] ?? '') - Date.now();
  assert.ok(keptMs > 29 * 86_400_000, 'the browser keeps it as long as a sign-in can last');
  const me = await fetch(`${rig.url}/api/me`, { headers: { cookie: cookie.split(';')[0] ?? '' } });
  assert.equal(((await me.json()) as { person: { userId: string } }).person.userId, ben);
  assert.equal((await fetch(link, { method: 'POST', redirect: 'manual' })).status, 410);
  assert.equal((await fetch(`${rig.url}/sign-in/nonsense`)).status, 410);
});

test('behind https the cookie is for this host alone and never goes over http', async () => {
  const { rig } = await setUp({ publicUrl: 'https://parley.example' });
  await using _ = rig;
  const link = `${rig.url}${await rig.desk.linkFor(ben, 'https://elsewhere.example/')}`;
  const used = await fetch(link, { method: 'POST', redirect: 'manual', headers: { origin: 'https://parley.example' } });
  assert.equal(used.headers.get('location'), '/', 'a link leads to our own pages only');
  assert.match(
    used.headers.get('set-cookie') ?? '',
    /^__Host-parley=[\w-]{43}; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
  );
});

test('whoever signs out is signed out', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const { cookie, csrf } = await rig.signIn(ben);
  const headers = { cookie, 'x-parley-csrf': csrf, 'content-type': 'application/json' };
  assert.equal((await fetch(`${rig.url}/api/sign-out`, { method: 'POST', headers, body: '{}' })).status, 200);
  assert.equal((await fetch(`${rig.url}/api/me`, { headers })).status, 401);
});

test('who is signed in sees their pages also while Discord does not say what they are called', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  rig.people.failure = new Error('Discord does not answer');
  const { cookie } = await rig.signIn(ben);
  const me = await fetch(`${rig.url}/api/me`, { headers: { cookie } });
  assert.equal(me.status, 200);
  assert.deepEqual(((await me.json()) as { person: unknown }).person, {
    ...{ userId: ben, displayName: ben, avatarUrl: null },
  });
});

test('whoever signs out everywhere is signed out in every browser, and others are not', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const [one, two, other] = [await rig.signIn(ben), await rig.signIn(ben), await rig.signIn(ada)];
  const link = await rig.desk.linkFor(ben, '/');
  const everywhere = (headers: Record<string, string>) =>
    fetch(`${rig.url}/api/sign-ins`, { method: 'DELETE', headers: { cookie: one.cookie, ...headers } });
  assert.equal((await everywhere({})).status, 403, 'without its token');
  const ended = await everywhere({ 'x-parley-csrf': one.csrf });
  assert.deepEqual([ended.status, await ended.json()], [200, { signIns: 2 }]);
  const status = async (cookie: string) => (await fetch(`${rig.url}/api/me`, { headers: { cookie } })).status;
  assert.deepEqual([await status(one.cookie), await status(two.cookie), await status(other.cookie)], [401, 401, 200]);
  assert.equal((await fetch(`${rig.url}${link}`)).status, 410, 'nor does a link work that was got before');
});

test('a sign-in that is used goes on from week to week, and ends on its thirtieth day', async () => {
  let now = 0;
  const { systemClock } = await import('@parley/protocol');
  const clock = Object.assign(Object.create(systemClock) as typeof systemClock, { now: () => systemClock.now() + now });
  const { rig } = await setUp({ clock });
  await using _ = rig;
  const { cookie, secret } = await rig.signIn(ben);
  const status = async () => (await fetch(`${rig.url}/api/me`, { headers: { cookie } })).status;
  const day = 86_400_000;
  for (now = 0; now < 29 * day; now += 6 * day) assert.equal(await status(), 200, `day ${now / day}`);
  now = 30 * day - 60_000;
  assert.equal(await status(), 200);
  const begun = (await rig.desk.who(secret))?.createdAt ?? 0;
  assert.equal((await rig.desk.who(secret))?.expiresAt, begun + 30 * day);
  now = 30 * day + 1000;
  assert.equal(await status(), 401);
});

test('one address that asks too much is told so', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  const statuses = [];
  for (let n = 0; n < 25; n += 1) statuses.push((await fetch(`${rig.url}/sign-in/nonsense`)).status);
  assert.deepEqual([statuses[0], statuses.at(-1)], [410, 429]);
});

test('every answer carries the headers that keep other sites out', async () => {
  const { rig } = await setUp();
  await using _ = rig;
  for (const path of ['/api/me', '/sign-in/x', '/nowhere', '/api/openapi.json']) {
    const { headers } = await fetch(`${rig.url}${path}`);
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    // A form of ours has to say where it comes from, to us alone.
    assert.equal(headers.get('referrer-policy'), path === '/sign-in/x' ? 'same-origin' : 'no-referrer');
  }
});
