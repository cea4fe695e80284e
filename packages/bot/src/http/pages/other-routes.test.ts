import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { systemClock } from '@parley/protocol';
import { apiRoutes } from '@parley/protocol/api';
import { PagesRig } from '../../testing/pages-rig.ts';
import { DiscordOAuth } from '../auth/discord/discord-oauth.ts';
import { LinkSigner } from '../link-signer.ts';
import { requestLimits } from '../request-limits.ts';

const guildA = '100000000000000001';
const guildB = '100000000000000002';
const people = {
  requester: '200000000000000001',
  participant: '200000000000000002',
  member: '200000000000000003',
  manager: '200000000000000004',
} as const;
const id = `${guildA}-300000000000000001-20270115T080000000Z`;
const unknownId = `${guildA}-300000000000000009-20270115T080000000Z`;

/** A recording, built pages, signed links, and sign-in by a Discord that nobody asks here. */
const setUp = async () => {
  await using scope = new AsyncDisposableStack();
  const dist = await mkdtemp(join(tmpdir(), 'parley-dist-'));
  scope.defer(() => rm(dist, { recursive: true, force: true }));
  await mkdir(join(dist, 'assets'));
  await writeFile(join(dist, 'index.html'), '<!doctype html><title>the page</title>');
  await writeFile(join(dist, 'source.sha256'), 'a sum');
  await writeFile(join(dist, 'assets', 'index-1.js'), '// script');
  const links = new LinkSigner(Buffer.alloc(32, 7));
  const oauth = new DiscordOAuth({
    ...{ clientId: '700000000000000001', clientSecret: 'secret', apiBase: 'http://127.0.0.1:9/api' },
    ...{ publicUrl: 'http://parley.example', clock: systemClock },
  });
  const rig = scope.use(await PagesRig.start({ dist, links, oauth, trustProxy: ['127.0.0.1'] }));
  rig.people.names.set(guildA, 'Guild A');
  for (const userId of Object.values(people)) rig.people.put(guildA, userId, userId === people.manager);
  const folder = await rig.recording({
    ...{ recordingSessionId: id, guildId: guildA, requestedByUserId: people.requester },
  });
  await writeFile(recordingLayout(folder).mix, 'OggS');
  const owned = scope.move();
  return { rig, links, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};
type The = Awaited<ReturnType<typeof setUp>>;

interface Row {
  readonly what: string;
  /** The route it is, as it stands in the server; absent for what no route of the pages answers. */
  readonly route?: string;
  readonly method?: 'POST';
  /** Path and query; a new one for each person. */
  readonly path: (the: The) => string | Promise<string>;
  readonly status: number;
  readonly says?: RegExp;
  /** Whether it sets a sign-in's cookie. */
  readonly signsIn?: boolean;
}

const soon = (): number => Date.now() + 60_000;
const dlOf = (the: The, file: string, expiresAt = soon()): string =>
  the.links.sign({ recordingSessionId: id, file }, expiresAt);
const linkOf = ({ rig }: The): Promise<string> => rig.desk.linkFor(people.participant, '/');

/**
 * What stands beside the interface. None of it depends on who asks: pages hold nothing of anybody, and a signed or personal link is
 * its own permission.
 */
const rows: readonly Row[] = [
  { what: 'the library', route: 'GET /', path: () => '/', status: 200, says: /the page/ },
  { what: 'a page', route: 'GET /s/:id', path: () => `/s/${id}`, status: 200, says: /the page/ },
  { what: 'a page of nothing', route: 'GET /s/:id', path: () => `/s/${unknownId}`, status: 200, says: /the page/ },
  { what: 'a script', route: 'GET /assets/index-1.js', path: () => '/assets/index-1.js', status: 200 },
  { what: 'what was not built', path: () => '/assets/index-2.js', status: 404 },
  { what: 'the document by its file', path: () => '/index.html', status: 404 },
  { what: 'a sum of the build', path: () => '/source.sha256', status: 404 },
  { what: 'a way out of the folder', path: () => '/assets/..%2f..%2f..%2fetc%2fpasswd', status: 404 },
  { what: 'a look at a link', route: 'GET /sign-in/:secret', path: linkOf, status: 200, says: /method="post"/ },
  {
    what: 'no link',
    route: 'GET /sign-in/:secret',
    path: () => '/sign-in/nonsense',
    status: 410,
    says: /\/parley web/,
  },
  { what: 'a link', route: 'POST /sign-in/:secret', method: 'POST', path: linkOf, status: 303, signsIn: true },
  {
    ...{ what: 'a used link', route: 'POST /sign-in/:secret', method: 'POST', status: 410 },
    path: async (the) => {
      const path = await linkOf(the);
      await the.rig.desk.use(path.split('/').at(-1));
      return path;
    },
  },
  { what: 'the way to Discord', route: 'GET /oauth/start', path: () => '/oauth/start?to=/', status: 303 },
  {
    ...{ what: 'the way back with nothing', route: 'GET /oauth/callback', path: () => '/oauth/callback' },
    ...{ status: 400, says: /was not begun here/ },
  },
  {
    ...{ what: 'the way back, made up', route: 'GET /oauth/callback', status: 400, says: /was not begun here/ },
    path: () => '/oauth/callback?code=x&state=y',
  },
  { what: 'a signed link', path: (the) => dlOf(the, 'full.ogg'), status: 200, says: /^OggS$/ },
  { what: 'a signed link that is over', path: (the) => dlOf(the, 'full.ogg', Date.now() - 60_000), status: 410 },
  {
    ...{ what: 'a link whose file was changed', status: 403 },
    path: (the) => dlOf(the, 'full.ogg').replace('full.ogg', `tracks/${people.participant}.ogg`),
  },
  { what: 'an unsigned link', path: () => `/dl/${id}/full.ogg`, status: 403 },
  { what: 'a link to what is none of ours', path: () => `/dl/${id}/session.json?exp=1&sig=x`, status: 403 },
  { what: 'whether it lives', path: () => '/healthz', status: 200 },
  { what: 'whether it is ready', path: () => '/readyz', status: 200 },
  { what: 'figures', path: () => '/metrics', status: 200 },
  { what: 'nothing', path: () => '/nowhere', status: 404 },
];

test('what stands beside the interface, walked as everybody', async () => {
  await using the = await setUp();
  const { rig } = the;
  const walkers: [string, Record<string, string>][] = [['stranger', {}]];
  for (const [who, userId] of Object.entries(people))
    walkers.push([who, { cookie: (await rig.signIn(userId)).cookie }]);
  for (const guildId of [guildA, guildB]) {
    walkers.push([`token of ${guildId}`, { authorization: `Bearer ${await rig.token(guildId)}` }]);
  }
  for (const [n, [who, headers]] of walkers.entries()) {
    for (const { what, method = 'GET', path, status, says, signsIn = false } of rows) {
      const response = await fetch(`${rig.url}${await path(the)}`, {
        ...{ method, redirect: 'manual', headers: { ...headers, 'x-forwarded-for': `192.0.2.${n}` } },
      });
      const body = await response.text();
      assert.equal(response.status, status, `${who}: ${what}`);
      if (says) assert.match(body, says, what);
      assert.doesNotMatch(body, new RegExp(guildA), `${who}: ${what} names a server`);
      const isSignedIn = response.headers.getSetCookie().some((cookie) => /^parley=[\w-]{43};/.test(cookie));
      assert.equal(isSignedIn, signsIn, `${who}: ${what}`);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff', what);
    }
  }
});

test('every route of the server is walked', async () => {
  await using the = await setUp();
  const walked = new Set([
    ...Object.values(apiRoutes).map(({ method, path }) => `${method} ${path}`),
    ...rows.flatMap(({ route }) => (route === undefined ? [] : [route])),
  ]);
  assert.deepEqual(
    the.rig.routes.filter((route) => !walked.has(route)),
    [],
  );
});

test('pages and signed links bound what one address asks, each for itself', async () => {
  await using the = await setUp();
  const left = async (path: string, address: string): Promise<number> => {
    const { headers } = await fetch(`${the.rig.url}${path}`, { headers: { 'x-forwarded-for': address } });
    return Number(headers.get('x-ratelimit-remaining') ?? Number.NaN);
  };
  for (const [what, path] of [
    ['page', '/assets/index-1.js'],
    ['page', '/'],
    ['download', dlOf(the, 'full.ogg')],
  ] as const) {
    const before = await left(path, '192.0.2.1');
    assert.equal(await left(path, '192.0.2.1'), before - 1, path);
    assert.equal(await left(path, `198.51.100.${path.length}`), requestLimits[what] - 1, `${path}, for somebody else`);
  }
});

test('where signing in by Discord is not set up there is no way to it', async () => {
  await using rig = await PagesRig.start();
  for (const path of ['/oauth/start', '/oauth/callback?code=x&state=y']) {
    assert.equal((await fetch(`${rig.url}${path}`, { redirect: 'manual' })).status, 404);
  }
  assert.deepEqual(await (await fetch(`${rig.url}/api/sign-in-ways`)).json(), { discord: false });
});
