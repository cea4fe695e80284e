import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, test } from 'node:test';
import { WebSocket } from 'ws';
import { isObject, type JsonObject, parseJson } from '../core/json.ts';
import { DiscordSim, type SimChannel, type SimGuild } from '../index.ts';
import { INTENTS } from './intents.ts';

const ALL = Object.values(INTENTS).reduce((sum, bit) => sum | bit, 0);

/** A bare gateway client that keeps what it is told. */
class Client {
  readonly socket: WebSocket;
  readonly messages: JsonObject[] = [];

  constructor() {
    this.socket = new WebSocket(`${sim.apiBase.replace('http', 'ws').replace('/api', '')}?v=10&encoding=json`);
    this.socket.on('message', (data) => {
      const message = parseJson(String(data));
      if (isObject(message)) this.messages.push(message);
    });
    clients.push(this);
  }

  async send(op: number, d: unknown): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    this.socket.send(JSON.stringify({ op, d }));
  }

  /** The first message with this opcode or event name. */
  async got(wanted: number | string): Promise<JsonObject> {
    const find = (): JsonObject | undefined => this.messages.find(({ op, t }) => op === wanted || t === wanted);
    return sim.until(find, { what: `${wanted}; came: ${this.names().join(', ')}` });
  }

  names(): string[] {
    return this.messages.map(({ op, t }) => String(t ?? op));
  }

  async closeCode(): Promise<number> {
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }
}

let sim: DiscordSim;
let guild: SimGuild;
let text: SimChannel;
let clients: Client[];

beforeEach(async () => {
  clients = [];
  sim = await DiscordSim.start();
  guild = sim.addGuild({ name: 'Guild' });
  text = guild.addTextChannel('general');
});

afterEach(async () => {
  for (const { socket } of clients) socket.terminate();
  await sim.close();
});

const identify = async (intents = ALL): Promise<Client> => {
  const client = new Client();
  await client.send(2, { token: sim.botToken, intents, properties: {} });
  await client.got('READY');
  return client;
};

const refusals: readonly (readonly [string, number, unknown, number])[] = [
  ['a wrong token', 2, { token: 'wrong', intents: 0 }, 4004],
  ['a command before identify', 4, {}, 4003],
  ['a resume with a wrong token', 6, { token: 'wrong' }, 4004],
];

for (const [name, op, data, code] of refusals) {
  test(`${name} is answered with close code ${code}`, async () => {
    const client = new Client();
    await client.send(op, data);
    assert.equal(await client.closeCode(), code);
  });
}

test('what cannot be decoded, an unknown opcode and a second identify close the connection', async () => {
  const broken = new Client();
  await once(broken.socket, 'open');
  broken.socket.send('{');
  assert.equal(await broken.closeCode(), 4002);
  const unknown = await identify();
  await unknown.send(77, {});
  assert.equal(await unknown.closeCode(), 4001);
  const twice = await identify();
  await twice.send(2, { token: sim.botToken, intents: 0 });
  assert.equal(await twice.closeCode(), 4005);
});

test('hello comes first, heartbeats are answered, and READY comes before the guilds', async () => {
  const client = await identify();
  await client.send(1, null);
  await client.got(11);
  assert.deepEqual(client.names().slice(0, 3), ['10', 'READY', 'GUILD_CREATE']);
});

test('a bot is told only what its intents cover', async () => {
  const client = await identify(INTENTS.guilds);
  const alice = guild.addPerson({ username: 'alice' });
  await alice.join(guild.addVoiceChannel('Table'));
  await alice.type(text, 'hello');
  guild.addTextChannel('last');
  await sim.until(() => client.names().filter((name) => name === 'CHANNEL_CREATE').length === 2);
  assert.deepEqual([...new Set(client.names())].toSorted(), ['10', 'CHANNEL_CREATE', 'GUILD_CREATE', 'READY']);
});

test('a dropped client resumes and gets what it missed, once and in order', async () => {
  const first = await identify();
  const ready = await first.got('READY');
  const session = isObject(ready.d) ? ready.d.session_id : '';
  const alice = guild.addPerson({ username: 'alice' });
  await alice.type(text, 'one');
  await first.got('MESSAGE_CREATE');
  const seq = first.messages.at(-1)?.s;
  sim.faults.dropGateway({ resumable: true });
  await first.closeCode();
  await alice.type(text, 'two');
  await alice.type(text, 'three');
  const second = new Client();
  await second.send(6, { token: sim.botToken, session_id: session, seq });
  await second.got('RESUMED');
  const contents = second.messages.filter(({ t }) => t === 'MESSAGE_CREATE').map(({ d }) => isObject(d) && d.content);
  assert.deepEqual(contents, ['two', 'three']);
  sim.faults.dropGateway({ resumable: false });
  const third = new Client();
  await third.send(6, { token: sim.botToken, session_id: session, seq });
  assert.equal((await third.got(9)).d, false);
});

test('op 7 asks to reconnect and op 9 says the session is invalid', async () => {
  const client = await identify();
  sim.faults.dropGateway({ resumable: true, how: 'reconnect' });
  await client.got(7);
  sim.faults.dropGateway({ resumable: false, how: 'invalid' });
  assert.equal((await client.got(9)).d, false);
});

test('a client that says goodbye leaves voice, one that is cut off does not', async () => {
  const voice = guild.addVoiceChannel('Table');
  const join = { guild_id: guild.id, channel_id: voice.id, self_mute: false, self_deaf: true };
  const client = await identify();
  await client.send(4, join);
  await client.got('VOICE_SERVER_UPDATE');
  assert.deepEqual(client.names().slice(-2), ['VOICE_STATE_UPDATE', 'VOICE_SERVER_UPDATE']);
  assert.equal(sim.op4Log[0]?.selfDeaf, true);
  client.socket.terminate();
  await sim.until(() => !sim.botOnline);
  assert.equal(guild.voiceStates.get(sim.botUserId)?.channelId, voice.id);
  const again = await identify();
  await again.send(4, join);
  await again.got('VOICE_SERVER_UPDATE');
  again.socket.close(1000);
  await sim.until(() => guild.voiceStates.size === 0, { what: 'the bot to be gone' });
});

test('more than 120 messages in a minute close the connection with 4008', async () => {
  const client = await identify();
  const closing = client.closeCode();
  for (let i = 0; i < 121; i += 1) await client.send(3, {});
  assert.equal(await closing, 4008);
});

test('members can be asked for', async () => {
  const client = await identify();
  const alice = guild.addPerson({ username: 'alice' });
  await client.send(8, { guild_id: guild.id, user_ids: [alice.userId, '1'], nonce: 'n' });
  const { d } = await client.got('GUILD_MEMBERS_CHUNK');
  assert.ok(isObject(d));
  assert.equal(d.nonce, 'n');
  assert.deepEqual(d.not_found, ['1']);
});

test('a session that is lost for good takes its voice with it only where that is asked for', async () => {
  const voice = guild.addVoiceChannel('Table');
  for (const endVoice of [false, true]) {
    const client = await identify();
    await client.send(4, { guild_id: guild.id, channel_id: voice.id, self_mute: false, self_deaf: false });
    await client.got('VOICE_SERVER_UPDATE');
    sim.faults.dropGateway({ resumable: false, endVoice });
    assert.equal(guild.voiceStates.has(sim.botUserId), !endVoice);
  }
});

test('a bot that is removed from a guild is told, and finds nothing there any more', async () => {
  const client = await identify();
  guild.remove();
  assert.deepEqual((await client.got('GUILD_DELETE')).d, { id: guild.id });
  const headers = { authorization: `Bot ${sim.botToken}` };
  assert.equal((await fetch(`${sim.apiBase}/v10/channels/${text.id}`, { headers })).status, 404);
  assert.equal((await fetch(`${sim.apiBase}/v10/guilds/${guild.id}`, { headers })).status, 404);
});
