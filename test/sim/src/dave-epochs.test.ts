import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { entersState, getVoiceConnection, VoiceConnectionStatus } from '@discordjs/voice';
import { DiscordSim, SILENCE_FRAME, type SimChannel, type SimGuild, type SimPerson } from './index.ts';
import {
  Ear,
  encrypted,
  type JoinedBot,
  joinVoice,
  type LoggedIn,
  logIn,
  playTone,
  privacyCode,
  trust,
} from './testing/bot.ts';

let sim: DiscordSim;
let bot: LoggedIn;
let guild: SimGuild;
let voice: SimChannel;
let alice: SimPerson;
let joined: JoinedBot;

beforeEach(async () => {
  sim = await DiscordSim.start();
  trust(sim);
  guild = sim.addGuild({ name: 'Guild' });
  voice = guild.addVoiceChannel('Table');
  alice = guild.addPerson({ username: 'alice' });
  bot = await logIn(sim);
  await alice.join(voice);
  // Who joins is told of SSRCs known so far, so that no packet races a speaking event.
  await alice.speak({ tone: 440, ms: 20 });
  joined = await joinVoice(sim, bot.client, voice);
});

afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  await sim.close();
});

const everything = async (ear: Ear, count: number): Promise<void> => {
  await sim.until(() => ear.packets.length >= count, { what: () => `${count} packets, got ${ear.packets.length}` });
};

/** Lets `frames` more frames of the speech under way go out, or its end come on a machine too busy for that. */
const spoken = async (frames: number): Promise<void> => {
  const wanted = alice.truth.length + frames;
  await sim.until(() => alice.truth.length >= wanted || !alice.isSpeaking, { what: `${frames} frames` });
};

test('no packet is lost while people come and go and the keys change', async () => {
  const ear = new Ear(joined.connection, alice.userId);
  const { dave } = sim.call(voice);
  const before = dave.epochs;
  const speaking = alice.speak({ tone: 440, ms: 1_800 });
  const playing = playTone(joined.connection, 660, 1_500);
  const bob = guild.addPerson({ username: 'bob' });
  const carol = guild.addPerson({ username: 'carol' });
  for (const step of [() => bob.join(voice), () => carol.join(voice), () => bob.leave(), () => carol.leave()]) {
    const epochs = dave.epochs;
    await step();
    await sim.until(() => dave.epochs > epochs, { what: 'a new epoch' });
    await spoken(6);
  }
  const { packets } = await speaking;
  await playing;
  await everything(ear, packets.length);
  assert.ok(dave.epochs - before >= 4);
  assert.deepEqual(
    ear.packets,
    packets.map(({ opus }) => opus),
  );
  assert.ok(packets.every(({ toBot, encrypted: secret, silence }) => toBot.length === 1 && secret !== silence));
  assert.deepEqual(ear.errors, []);
  assert.equal(alice.heard.get(sim.botUserId)?.failures, 0);
  assert.equal(privacyCode(joined.connection), alice.privacyCode);
});

test('who is left alone gets a new group, and the next comer is let in', async () => {
  await alice.leave();
  await sim.until(() => sim.call(voice).dave.groupUserIds.length === 0, { what: 'the group to be gone' });
  const bob = guild.addPerson({ username: 'bob' });
  await bob.join(voice);
  await encrypted(sim, joined.connection, voice);
  const ear = new Ear(joined.connection, bob.userId);
  const { packets } = await bob.speak({ tone: 440, ms: 100 });
  await everything(ear, packets.length);
  assert.deepEqual(
    ear.packets,
    packets.map(({ opus }) => opus),
  );
});

test('a client that cannot encrypt downgrades the call, and encryption comes back when it goes', async () => {
  const ear = new Ear(joined.connection, alice.userId);
  const old = guild.addPerson({ username: 'old', maxDave: 0 });
  const speaking = alice.speak({ tone: 440, ms: 1_000 });
  await spoken(10);
  await old.join(voice);
  const { dave } = sim.call(voice);
  await sim.until(() => dave.version === 0, { what: 'the downgrade' });
  await spoken(10);
  await old.leave();
  await encrypted(sim, joined.connection, voice);
  const { packets } = await speaking;
  const speech = packets.filter(({ silence }) => !silence);
  assert.ok(
    speech.some((packet) => packet.encrypted) &&
      speech.some((packet) => !packet.encrypted && packet.fate === 'relayed'),
  );
  const sent = packets.filter(({ toBot }) => toBot.length === 1);
  await everything(ear, sent.length);
  assert.deepEqual(
    ear.packets,
    sent.map(({ opus }) => opus),
  );
  assert.deepEqual(ear.errors, []);
  assert.equal(dave.version, 1);
});

test('a forced downgrade and its end keep every packet readable', async () => {
  const ear = new Ear(joined.connection, alice.userId);
  sim.faults.downgradeDave(voice);
  await sim.until(() => privacyCode(joined.connection) === null, { what: 'the downgrade' });
  const plain = await alice.speak({ tone: 440, ms: 100 });
  assert.ok(plain.packets.every((packet) => !packet.encrypted));
  sim.faults.downgradeDave(voice, false);
  await encrypted(sim, joined.connection, voice);
  const secret = await alice.speak({ tone: 440, ms: 100 });
  assert.ok(secret.packets.every((packet) => packet.encrypted !== packet.silence));
  await everything(ear, 20);
  assert.equal(ear.packets.length, 20);
});

test('while the commit is held back the library hands out ciphertext, after it speech', async () => {
  joined.connection.destroy();
  await sim.until(() => !guild.voiceStates.has(sim.botUserId));
  const bob = guild.addPerson({ username: 'bob' });
  await bob.join(voice);
  await sim.until(() => alice.canSend && bob.canSend, { what: 'the two in a group' });
  sim.faults.setCommitDelay(400);
  const speaking = alice.speak({ tone: 440, ms: 1_000 });
  const rejoining = joinVoice(sim, bot.client, voice);
  await sim.until(() => sim.inCall(voice));
  const connection = getVoiceConnection(guild.id);
  assert.ok(connection);
  await entersState(connection, VoiceConnectionStatus.Ready, 2_000);
  const ear = new Ear(connection, alice.userId);
  await rejoining;
  await speaking;
  await everything(ear, 40);
  const isCipher = (packet: Buffer): boolean => packet.subarray(-2).equals(Buffer.from([0xfa, 0xfa]));
  assert.ok(ear.packets.filter(isCipher).length > 5);
  assert.ok(!isCipher(ear.packets.at(-6) ?? Buffer.alloc(0)));
});

test('an undecryptable person is never understood, a plaintext one only while the library lets it pass', async () => {
  const ear = new Ear(joined.connection, alice.userId);
  alice.corruption = 'undecryptable';
  const { packets } = await alice.speak({ tone: 440, ms: 200 });
  assert.equal(packets.filter(({ toBot }) => toBot.length === 1).length, 15);
  await everything(ear, 5);
  assert.ok(ear.packets.every((packet) => packet.equals(SILENCE_FRAME)));
  alice.corruption = 'plaintext';
  const plain = await alice.speak({ tone: 440, ms: 60 });
  assert.ok(plain.packets.every((packet) => !packet.encrypted));
  await everything(ear, 10);
});

test('junk from the voice server and from elsewhere arrives, and costs the library its stream', async () => {
  const { state } = joined.connection;
  assert.ok(state.status === VoiceConnectionStatus.Ready && 'udp' in state.networking.state);
  let datagrams = 0;
  state.networking.state.udp.on('message', () => {
    datagrams += 1;
  });
  const first = await alice.speak({ tone: 440, ms: 40 });
  await sim.until(() => datagrams === first.packets.length, { what: 'the speech before' });
  const ear = new Ear(joined.connection, alice.userId);
  await sim.faults.garbage({ count: 20 });
  await sim.faults.garbage({ count: 20, foreignSocket: true });
  await sim.until(() => datagrams === first.packets.length + 40, { what: 'all junk' });
  assert.equal(sim.faults.datagramsTo(sim.botUserId).garbage, 20);
  assert.equal(ear.errors.length, 1);
  const again = new Ear(joined.connection, alice.userId);
  const { packets } = await alice.speak({ tone: 440, ms: 100 });
  await everything(again, packets.length);
});

test('a stage has no end-to-end encryption, and its audience is not heard', async () => {
  const stage = guild.addStageChannel('Stage');
  const bob = guild.addPerson({ username: 'bob' });
  await bob.join(stage);
  assert.equal(bob.voiceState?.suppress, true);
  const unheard = await bob.speak({ tone: 440, ms: 60 });
  assert.ok(unheard.packets.every(({ fate }) => fate === 'muted'));
  bob.setSuppressed(false);
  const spoken = await bob.speak({ tone: 440, ms: 60 });
  assert.ok(spoken.packets.every((packet) => packet.fate === 'relayed' && !packet.encrypted));
});
