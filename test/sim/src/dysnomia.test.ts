import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Decoder } from '@evan/opus';
import { VoiceConnection } from '@projectdysnomia/dysnomia';
import { DiscordSim, encodeFrames, loadAudio } from './index.ts';
import { encrypted, joinVoice, logIn, playTone, privacyCode, trust } from './testing/bot.ts';
import { connectDysnomia } from './testing/dysnomia.ts';
import { joinPcm, measureTone } from './testing/tone.ts';

/** Sends a tone in real time. One frame a turn: the library encrypts into one buffer, which the socket reads a little later. */
const speak = async (connection: VoiceConnection, hz: number): Promise<void> => {
  connection.setSpeaking(true);
  const start = performance.now();
  let sent = 0;
  for (const frame of encodeFrames(await loadAudio({ tone: hz, ms: 600 }), { frameMs: 20, channels: 2 })) {
    await setTimeout(Math.max(1, start + sent * 20 - performance.now()));
    connection.sendAudioFrame(frame);
    sent += 1;
  }
  connection.setSpeaking(false);
};

const toneOf = (packets: readonly Buffer[]): number => {
  const decoder = new Decoder({ channels: 1, sample_rate: 48_000 });
  const chunks = packets.map((packet) => {
    const bytes = decoder.decode(packet);
    return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  });
  return measureTone(joinPcm(chunks)).hz;
};

const near = (measured: number, wanted: number, what: string): void => {
  assert.ok(Math.abs(measured - wanted) <= 1, `${what}: ${measured} Hz is not ${wanted} Hz`);
};

for (const dave of [true, false]) {
  test(`dysnomia, @discordjs/voice and a person hear each other in one call, DAVE ${dave ? 1 : 0}`, async () => {
    await using sim = await DiscordSim.start({ dave });
    trust(sim);
    const guild = sim.addGuild({ name: 'Guild' });
    const voice = guild.addVoiceChannel('Table');
    const alice = guild.addPerson({ username: 'alice' });
    const carol = sim.addVoiceClient(guild, { username: 'carol' });
    await using bot = await logIn(sim);
    await alice.join(voice);
    // Who joins is told of SSRCs known so far, so that no packet races a speaking event.
    await alice.speak({ tone: 440, ms: 20 });
    const { connection } = await joinVoice(sim, bot.client, voice);
    using call = await connectDysnomia(guild.id, carol.join(voice));
    await encrypted(sim, connection, voice);
    const shared = (): boolean => call.connection.voicePrivacyCode === alice.privacyCode && alice.canSend;
    if (dave) await sim.until(shared, { what: 'one privacy code' });
    const heardByBot: Buffer[] = [];
    connection.receiver.subscribe(carol.userId).on('data', (packet: Buffer) => heardByBot.push(packet));
    call.problems.length = 0;

    await Promise.all([
      alice.speak({ tone: 440, ms: 600 }),
      speak(call.connection, 880),
      playTone(connection, 660, 600),
    ]);

    if (dave) {
      assert.equal(call.connection.voicePrivacyCode, alice.privacyCode);
      assert.equal(privacyCode(connection), alice.privacyCode);
      assert.match(alice.privacyCode, /^\d{30}$/);
    }
    assert.ok(sim.inCall(voice, carol.userId));
    const fromAlice = () => call.received.get(alice.userId) ?? [];
    await sim.until(() => fromAlice().length >= 35, { what: 'everything of alice' });
    assert.equal(fromAlice().length, 35);
    near(toneOf(fromAlice().map(({ opus }) => opus)), 440, 'dysnomia hears alice');
    near(toneOf((call.received.get(sim.botUserId) ?? []).map(({ opus }) => opus)), 660, 'dysnomia hears the bot');
    const heard = await sim.until(() => alice.heard.get(carol.userId));
    await sim.until(() => heard.packets >= 31, { what: 'everything of dysnomia' });
    assert.equal(heard.failures, 0);
    assert.equal(heard.packets, 30 + 1, 'thirty frames and the one dysnomia opens with');
    near(measureTone(heard.pcm).hz, 880, 'alice hears dysnomia');
    near(toneOf(heardByBot), 880, 'the bot hears dysnomia');
    // The bot's first packet races its speaking event, which takes the way over TLS.
    assert.deepEqual(
      call.problems.filter((problem) => !problem.includes('undefined user ID')),
      [],
    );
  });
}

test('where encryption is required a client without it is turned away with 4017', async () => {
  await using sim = await DiscordSim.start({ dave: 'required' });
  trust(sim);
  const guild = sim.addGuild({ name: 'Guild' });
  const carol = sim.addVoiceClient(guild, { username: 'carol' });
  const connection = new VoiceConnection(guild.id, { shared: true, opusOnly: true, daveEncryption: false });
  const gone = once(connection, 'disconnect');
  connection.on('error', () => undefined);
  connection.connect(carol.join(guild.addVoiceChannel('Table')));
  assert.match(String((await gone)[0]), /4017/);
});
