import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@parley/protocol';
import { DiscordSim } from '@parley/sim';
import { DiscordOAuth } from '../../packages/bot/src/http/auth/discord/discord-oauth.ts';
import { PagesRig } from '../../packages/bot/src/testing/pages-rig.ts';

const id = '100000000000000001-300000000000000001-20270115T080000000Z';
const publicUrl = 'http://parley.example';

/** The pages and a simulated Discord; a browser that keeps cookies and follows no redirect by itself. */
const setUp = async () => {
  await using scope = new AsyncDisposableStack();
  const sim = scope.use(await DiscordSim.start());
  const person = sim.addGuild({ name: 'Table' }).addMember({ username: 'ada' }).user;
  sim.signIn.redirectUris.add(`${publicUrl}/oauth/callback`);
  sim.signIn.visitor = { userId: person.id, agrees: true };
  const oauth = new DiscordOAuth({
    ...{ clientId: sim.applicationId, clientSecret: sim.signIn.clientSecret, apiBase: sim.apiBase, publicUrl },
    clock: systemClock,
  });
  const rig = scope.use(await PagesRig.start({ publicUrl, oauth }));
  const jar = new Map<string, string>();
  /** Like a browser; what is public is served by the rig. */
  const visit = async (url: string): Promise<Response> => {
    const response = await fetch(url.replace(publicUrl, rig.url), {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
  const next = (response: Response): string => response.headers.get('location') ?? assert.fail(String(response.status));
  /** As far as Discord sends the browser back. */
  const atDiscord = async (to = `/s/${id}`): Promise<string> => {
    const start = await visit(`${publicUrl}/oauth/start?to=${encodeURIComponent(to)}`);
    assert.equal(start.status, 303);
    return next(await visit(next(start)));
  };
  const owned = scope.move();
  return { ...{ sim, rig, jar, visit, next, atDiscord, person }, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

test('who is known to Discord is signed in and comes to the page they wanted', async () => {
  await using the = await setUp();
  const back = await the.atDiscord();
  assert.match(back, /^http:\/\/parley\.example\/oauth\/callback\?code=/);
  const done = await the.visit(back);
  assert.deepEqual([done.status, the.next(done)], [303, `/s/${id}`]);
  assert.deepEqual([...the.jar.keys()], ['parley'], 'nothing of the way there is left');
  const me = await the.visit(`${publicUrl}/api/me`);
  assert.equal(((await me.json()) as { person: { userId: string } }).person.userId, the.person.id);
  const ways = await the.visit(`${publicUrl}/api/sign-in-ways`);
  assert.deepEqual(await ways.json(), { discord: true });
});

test('the cookie of a sign-in under way is for the server alone and short-lived', async () => {
  await using the = await setUp();
  const start = await the.visit(`${publicUrl}/oauth/start`);
  assert.match(
    start.headers.get('set-cookie') ?? '',
    /^parley-oauth=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  const { searchParams } = new URL(the.next(start));
  assert.deepEqual(
    [searchParams.get('scope'), searchParams.get('response_type'), searchParams.get('code_challenge_method')],
    ['identify', 'code', 'S256'],
  );
});

test('a sign-in leads to our own pages only', async () => {
  await using the = await setUp();
  assert.equal(the.next(await the.visit(await the.atDiscord('//elsewhere.example/'))), '/');
});

type Rig = Awaited<ReturnType<typeof setUp>>;

const failures: readonly (readonly [string, number, RegExp, (the: Rig) => Promise<string>])[] = [
  [
    'who refuses at Discord',
    403,
    /You are not signed in/,
    async (the) => {
      the.sim.signIn.visitor = { userId: the.person.id, agrees: false };
      return await the.atDiscord();
    },
  ],
  [
    'a browser that began nothing',
    400,
    /was not begun here/,
    async (the) => {
      const back = await the.atDiscord();
      the.jar.clear();
      return back;
    },
  ],
  [
    'a state of somebody else',
    400,
    /is not yours/,
    async (the) => {
      const foreign = await the.atDiscord();
      await the.atDiscord();
      return foreign;
    },
  ],
  [
    'a code that was used already',
    400,
    /did not confirm/,
    async (the) => {
      const back = await the.atDiscord();
      const kept = new Map(the.jar);
      await the.visit(back);
      for (const [name, value] of kept) the.jar.set(name, value);
      return back;
    },
  ],
  [
    'a wrong secret',
    500,
    /set up wrongly/,
    async (the) => {
      the.sim.signIn.clientSecret = 'another one';
      return await the.atDiscord();
    },
  ],
  [
    'a Discord that does not work',
    502,
    /does not answer/,
    async (the) => {
      const back = await the.atDiscord();
      the.sim.faults.rest({ method: 'POST', path: /oauth2\/token/, status: 503 });
      return back;
    },
  ],
  [
    'a Discord that does not say who it is',
    502,
    /refused this sign-in/,
    async (the) => {
      const back = await the.atDiscord();
      the.sim.faults.rest({ method: 'GET', path: /users\/@me/, status: 403 });
      return back;
    },
  ],
];
for (const [what, status, words, prepare] of failures)
  test(`${what} is told so on a plain page, and nobody is signed in`, async () => {
    await using the = await setUp();
    const back = await prepare(the);
    the.jar.delete('parley');
    const page = await the.visit(back);
    assert.equal(page.status, status);
    assert.match(await page.text(), words);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.deepEqual([...the.jar.keys()], [], 'neither signed in nor on the way');
  });
