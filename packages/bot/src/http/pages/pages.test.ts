import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ApiRoute, apiRoutes } from '@parley/protocol/api';
import { ada, ben, cyd, dan, guildA, guildB, id, setUp, unknownId } from './testing/one-recording.ts';

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
