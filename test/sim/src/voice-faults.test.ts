import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, test } from 'node:test';
import { entersState, VoiceConnectionDisconnectReason, VoiceConnectionStatus } from '@discordjs/voice';
import { Events } from 'discord.js';
import { DiscordSim, type SimChannel, type SimGuild, type SimPerson } from './index.ts';
import { Ear, encrypted, type JoinedBot, joinVoice, type LoggedIn, logIn, privacyCode, trust } from './testing/bot.ts';

let sim: DiscordSim;
let bot: LoggedIn;
let guild: SimGuild;
let voice: SimChannel;
let other: SimChannel;
let alice: SimPerson;
let joined: JoinedBot;

beforeEach(async () => {
  sim = await DiscordSim.start();
  trust(sim);
  guild = sim.addGuild({ name: 'Guild' });
  guild.addTextChannel('general');
  voice = guild.addVoiceChannel('Table');
  other = guild.addVoiceChannel('Corner');
  alice = guild.addPerson({ username: 'alice' });
  bot = await logIn(sim);
  await alice.join(voice);
  // The bot is told of alice's SSRC when it joins, so that no packet races a speaking event.
  await alice.speak({ tone: 440, ms: 20 });
  joined = await joinVoice(sim, bot.client, voice);
  joined.statuses.length = 0;
});

afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  await sim.close();
});

const ready = (): Promise<unknown> => entersState(joined.connection, VoiceConnectionStatus.Ready, 30_000);
const becomes = (status: VoiceConnectionStatus): Promise<unknown> => entersState(joined.connection, status, 30_000);

/** The bot hears everything alice says now. */
const hearsAlice = async (channel: SimChannel = voice): Promise<void> => {
  await encrypted(sim, joined.connection, channel);
  const ear = new Ear(joined.connection, alice.userId);
  const before = ear.packets.length;
  const spoken = await alice.speak({ tone: 500, ms: 200 });
  await sim.until(() => ear.packets.length - before >= spoken.packets.length, { what: 'the packets' });
  assert.equal(spoken.packets.filter(({ toBot }) => toBot.length === 1).length, 15);
  assert.deepEqual(ear.errors, []);
};

test('a cut voice websocket is resumed, and what was missed is sent again', async () => {
  await hearsAlice();
  const bob = guild.addPerson({ username: 'bob' });
  const resuming = becomes(VoiceConnectionStatus.Connecting);
  sim.faults.resumeVoiceCut(sim.botUserId);
  // Bob's coming changes the encryption group while the bot cannot be told.
  await bob.join(voice);
  await resuming;
  await ready();
  assert.deepEqual(joined.statuses, ['connecting', 'ready']);
  const agreed = (): boolean => bob.canSend && privacyCode(joined.connection) === bob.privacyCode;
  await sim.until(agreed, { what: 'the keys the bot was told of while it was away' });
  await hearsAlice();
  assert.equal(sim.op4Log.length, 1, 'no new session was asked for');
});

for (const code of [4006, 4009, 4017, 4021, 4022]) {
  test(`after close code ${code} the library asks for a new session and hears again`, async () => {
    sim.faults.closeVoice(sim.botUserId, code);
    await becomes(VoiceConnectionStatus.Signalling);
    await ready();
    assert.equal(sim.op4Log.length, 2);
    await hearsAlice();
  });
}

test('close code 4015 is resumed without a new session', async () => {
  sim.faults.closeVoice(sim.botUserId, 4015);
  await becomes(VoiceConnectionStatus.Connecting);
  await ready();
  assert.equal(sim.op4Log.length, 1);
  await hearsAlice();
});

test('a kick clears the voice state and closes with 4014', async () => {
  sim.faults.kick(sim.botUserId);
  await becomes(VoiceConnectionStatus.Disconnected);
  const { state } = joined.connection;
  assert.ok(state.status === VoiceConnectionStatus.Disconnected);
  assert.ok(state.reason === VoiceConnectionDisconnectReason.WebSocketClose);
  assert.equal(state.closeCode, 4014);
  assert.equal(guild.voiceStates.has(sim.botUserId), false);
});

test('a moderator moves the bot and it hears in the new channel', async () => {
  sim.faults.moveMember(sim.botUserId, other);
  await sim.until(() => sim.inCall(other), { what: 'the bot in the other channel' });
  await ready();
  assert.equal(joined.connection.joinConfig.channelId, other.id);
  await alice.move(other);
  await hearsAlice(other);
});

test('a deleted channel leaves nobody in it', async () => {
  const gone = once(bot.client, Events.ChannelDelete);
  sim.faults.deleteChannel(voice, { code: 4022, closeFirst: true });
  await gone;
  assert.equal(guild.voiceStates.size, 0);
  await assert.rejects(alice.speak({ tone: 440, ms: 40 }), { code: 'not_in_voice' });
  await assert.rejects(alice.join(voice), { code: 'invalid_argument' });
});

for (const endpointNullFirst of [false, true]) {
  test(`a region move${endpointNullFirst ? ' that begins with no endpoint' : ''} goes on at the new server`, async () => {
    const speaking = alice.speak({ tone: 500, ms: 600 });
    await sim.faults.regionMove(guild, { endpointNullFirst });
    await becomes(VoiceConnectionStatus.Connecting);
    await ready();
    assert.equal((await speaking).interrupted, false);
    await hearsAlice();
  });
}

test('a dead voice server refuses until it is revived', async () => {
  await sim.faults.killVoiceServer();
  await sim.until(() => joined.errors.length > 0, { what: 'a refused connection' });
  assert.match(String(joined.errors[0]), /ECONNREFUSED|socket hang up|closed before/);
  joined.connection.destroy();
  await sim.faults.reviveVoiceServer();
  joined = await joinVoice(sim, bot.client, voice);
  await hearsAlice();
});

test('a black hole swallows datagrams both ways and then lets them pass', async () => {
  const ear = new Ear(joined.connection, alice.userId);
  sim.faults.udpBlackhole(60_000);
  const lost = await alice.speak({ tone: 500, ms: 100 });
  assert.ok(lost.packets.every(({ toBot, fate }) => toBot.length === 0 && fate === 'relayed'));
  assert.equal(ear.packets.length, 0);
  sim.faults.udpBlackhole(0);
  await hearsAlice();
});

for (const how of ['cut', 'reconnect'] as const) {
  test(`a dropped gateway connection (${how}) is resumed with what was missed; voice goes on`, async () => {
    const resumed = once(bot.client, Events.ShardResume);
    const told = once(bot.client, Events.VoiceStateUpdate);
    sim.faults.dropGateway({ resumable: true, how });
    const bob = guild.addPerson({ username: 'bob' });
    await bob.join(other);
    await Promise.all([resumed, told]);
    await hearsAlice();
    assert.deepEqual(joined.statuses, []);
  });
}

test('server mute and deafness stop audio in their directions', async () => {
  const ear = new Ear(joined.connection, alice.userId);
  sim.faults.serverMute(alice.userId, true);
  const muted = await alice.speak({ tone: 500, ms: 60 });
  assert.ok(muted.packets.every(({ fate }) => fate === 'muted'));
  sim.faults.serverMute(alice.userId, false);
  sim.faults.serverDeafen(sim.botUserId, true);
  const unheard = await alice.speak({ tone: 500, ms: 60 });
  assert.ok(unheard.packets.every(({ fate, toBot }) => fate === 'relayed' && toBot.length === 0));
  assert.equal(ear.packets.length, 0);
  alice.setMute(true);
  await assert.rejects(alice.speak({ tone: 500, ms: 60 }), { code: 'muted' });
});

test('a full channel and a missing Connect are answered with silence', async () => {
  const left = once(bot.client, Events.VoiceStateUpdate);
  joined.connection.destroy();
  await left;
  guild.editChannel(voice, { userLimit: 1 });
  const full = once(bot.client, Events.VoiceStateUpdate, { signal: AbortSignal.timeout(400) });
  bot.client.guilds.cache.get(guild.id)?.shard.send({
    op: 4,
    d: { guild_id: guild.id, channel_id: voice.id, self_mute: false, self_deaf: false },
  });
  await assert.rejects(full, { name: 'AbortError' });
  assert.equal(sim.op4Log.at(-1)?.channelId, voice.id);
});

test('a delayed handshake keeps the bot out of the call until it is over', async () => {
  sim.faults.setHandshakeDelay(300);
  const startedAt = performance.now();
  sim.faults.closeVoice(sim.botUserId, 4006);
  await becomes(VoiceConnectionStatus.Signalling);
  await ready();
  assert.ok(performance.now() - startedAt >= 295);
  await hearsAlice();
});
