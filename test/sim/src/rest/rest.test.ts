import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DiscordSim, type SimChannel } from '../index.ts';

let sim: DiscordSim;
let text: SimChannel;

before(async () => {
  sim = await DiscordSim.start();
  text = sim.addGuild({ name: 'Guild' }).addTextChannel('general');
});

after(() => sim.close());

const call = (method: string, path: string, body?: unknown, token = sim.botToken): Promise<Response> =>
  fetch(`${sim.apiBase}/v10${path}`, {
    method,
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

const failures: readonly (readonly [string, string, string, unknown, number, number])[] = [
  ['an unknown route', 'GET', '/nothing/here', undefined, 404, 0],
  ['an unknown channel', 'GET', '/channels/1', undefined, 404, 10_003],
  ['an unknown guild', 'GET', '/guilds/1', undefined, 404, 10_004],
  ['an unknown user', 'GET', '/users/1', undefined, 404, 10_013],
  ['broken JSON', 'POST', '/channels/CHANNEL/messages', '{', 400, 50_109],
  ['an empty message', 'POST', '/channels/CHANNEL/messages', {}, 400, 50_006],
  ['a message that is too long', 'POST', '/channels/CHANNEL/messages', { content: 'x'.repeat(2_001) }, 400, 50_035],
  ['an unknown message', 'PATCH', '/channels/CHANNEL/messages/1', { content: 'x' }, 404, 10_008],
  ['an answer to no interaction', 'POST', '/interactions/1/none/callback', { type: 4 }, 404, 10_062],
  ['a follow-up of no interaction', 'POST', '/webhooks/1/none', { content: 'x' }, 404, 10_015],
];

for (const [name, method, path, body, status, code] of failures) {
  test(`${name} is answered with ${status} and code ${code}`, async () => {
    const response = await call(method, path.replace('CHANNEL', text.id), body);
    assert.equal(response.status, status);
    assert.equal(((await response.json()) as { code: number }).code, code);
  });
}

test('a wrong token is turned away everywhere but where the path is the secret', async () => {
  assert.equal((await call('GET', '/users/@me', undefined, 'wrong')).status, 401);
  assert.equal((await call('GET', '/gateway', undefined, 'wrong')).status, 200);
});

test('204 carries neither body nor content type', async () => {
  const response = await call('POST', `/channels/${text.id}/typing`, {});
  assert.equal(response.status, 204);
  assert.equal(response.headers.get('content-type'), null);
  assert.equal(await response.text(), '');
});

test('a file beyond the upload limit is refused with 413', async () => {
  const form = new FormData();
  form.set('payload_json', JSON.stringify({ content: 'big' }));
  form.set('files[0]', new Blob([new Uint8Array(10 * 1024 * 1024 + 1)]), 'big.ogg');
  const response = await fetch(`${sim.apiBase}/v10/channels/${text.id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${sim.botToken}` },
    body: form,
  });
  assert.equal(response.status, 413);
  assert.equal(sim.requests.at(-1)?.files[0]?.size, 10 * 1024 * 1024 + 1);
});

test('commands keep their ids when they are registered again, and can be removed', async () => {
  const path = `/applications/${sim.applicationId}/commands`;
  const put = async (names: readonly string[]): Promise<{ id: string; name: string }[]> => {
    const response = await call(
      'PUT',
      path,
      names.map((name) => ({ name, description: name })),
    );
    return (await response.json()) as { id: string; name: string }[];
  };
  const [join] = await put(['join', 'leave']);
  const [again] = await put(['join']);
  assert.ok(join && again);
  assert.equal(again.id, join.id);
  assert.deepEqual(
    sim.commands.list(null).map(({ name }) => name),
    ['join'],
  );
  assert.equal((await call('DELETE', `${path}/${join.id}`)).status, 204);
  assert.equal((await call('GET', `${path}/${join.id}`)).status, 404);
});

test('a bot is told its guilds with what it may do in them, and which intents its application has', async () => {
  const guild = sim.addGuild({ name: 'Told' });
  guild.setBotPermissions(['Connect', 'Speak']);
  const guilds = (await (await call('GET', '/users/@me/guilds')).json()) as { id: string; permissions: string }[];
  const told = BigInt(guilds.find(({ id }) => id === guild.id)?.permissions ?? -1);
  assert.equal(told & (1n << 20n), 1n << 20n);
  assert.equal(told & (1n << 5n), 0n);
  const flags = async () => ((await (await call('GET', '/applications/@me')).json()) as { flags: number }).flags;
  assert.equal((await flags()) & (1 << 19), 1 << 19);
  sim.privilegedIntents = false;
  assert.equal((await flags()) & (1 << 19), 0);
  sim.privilegedIntents = true;
});

test('a test can make requests fail a number of times', async () => {
  sim.faults.rest({ method: 'GET', path: /^\/users\/@me$/, status: 503, times: 2 });
  sim.faults.rest({ path: /^\/users\/@me$/, status: 429, retryAfter: 0.2 });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i += 1) statuses.push((await call('GET', '/users/@me')).status);
  assert.deepEqual(statuses, [503, 503, 429, 200]);
});
