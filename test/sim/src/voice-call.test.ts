import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordSim, type EncryptionMode } from './index.ts';
import { Ear, joinVoice, logIn, playTone, privacyCode, trust } from './testing/bot.ts';
import { measureTone } from './testing/tone.ts';

const calls: readonly { readonly dave: boolean; readonly mode: EncryptionMode }[] = [
  { dave: false, mode: 'aead_aes256_gcm_rtpsize' },
  { dave: false, mode: 'aead_xchacha20_poly1305_rtpsize' },
  { dave: true, mode: 'aead_aes256_gcm_rtpsize' },
  { dave: true, mode: 'aead_xchacha20_poly1305_rtpsize' },
];

const near = (measured: number, wanted: number, tolerance: number, what: string): void => {
  assert.ok(Math.abs(measured - wanted) <= tolerance, `${what}: ${measured} is not ${wanted} ± ${tolerance}`);
};

for (const { dave, mode } of calls) {
  test(`@discordjs/voice hears two people exactly and is heard, DAVE ${dave ? 1 : 0}, ${mode}`, async () => {
    await using sim = await DiscordSim.start({ dave, modes: [mode] });
    trust(sim);
    const guild = sim.addGuild({ name: 'Guild' });
    const voice = guild.addVoiceChannel('Table');
    const alice = guild.addPerson({ username: 'alice' });
    const bob = guild.addPerson({ username: 'bob' });
    await using bot = await logIn(sim);
    await alice.join(voice);
    await bob.join(voice);
    // Who joins is told of SSRCs known so far, so that no packet races a speaking event.
    await alice.speak({ tone: 440, ms: 20 });
    await bob.speak({ tone: 440, ms: 20 });
    const { connection, errors } = await joinVoice(sim, bot.client, voice);
    const ears = { alice: new Ear(connection, alice.userId), bob: new Ear(connection, bob.userId) };

    const [fromAlice, fromBob] = await Promise.all([
      alice.speak({ tone: 440, ms: 600, level: 0.25 }),
      bob.speak({ tone: 1_000, ms: 600, level: 0.5 }, { channels: 1 }),
      playTone(connection, 660, 600),
    ]);
    await sim.until(() => ears.alice.packets.length + ears.bob.packets.length === 70, { what: 'all packets' });

    for (const spoken of [fromAlice, fromBob]) {
      assert.equal(spoken.packets.length, 35);
      assert.equal(spoken.packets.filter(({ toBot }) => toBot.length === 1).length, 35);
      assert.equal(spoken.packets.filter((packet) => packet.encrypted).length, dave ? 30 : 0);
    }
    assert.deepEqual(
      ears.alice.packets,
      fromAlice.packets.map(({ opus }) => opus),
    );
    assert.deepEqual(
      ears.bob.packets,
      fromBob.packets.map(({ opus }) => opus),
    );
    near(ears.alice.tone.hz, 440, 1, 'alice');
    near(ears.alice.tone.level, 0.25, 0.015, 'alice');
    near(ears.bob.tone.hz, 1_000, 1, 'bob');
    near(ears.bob.tone.level, 0.5, 0.03, 'bob');
    for (const person of [alice, bob]) {
      const heard = person.heard.get(sim.botUserId);
      assert.ok(heard);
      assert.equal(heard.failures, 0);
      assert.ok(heard.packets >= 30, `${heard.packets} packets of the bot`);
      near(measureTone(heard.pcm).hz, 660, 1, 'the bot');
      near(measureTone(heard.pcm).level, 0.25, 0.015, 'the bot');
    }
    assert.equal(alice.privacyCode, bob.privacyCode);
    assert.equal(privacyCode(connection) ?? '', alice.privacyCode);
    assert.equal(alice.privacyCode !== '', dave);
    assert.deepEqual(errors, []);
  });
}
