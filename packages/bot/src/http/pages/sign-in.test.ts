import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ada, ben, id, setUp } from './testing/one-recording.ts';

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
