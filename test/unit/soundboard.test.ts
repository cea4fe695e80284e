import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '@parley/protocol';
import { DiscordSim, type SimChannel, type SimGuild } from '@parley/sim';
import { pino } from 'pino';
import { Soundboard } from '../../packages/bot/src/agent/soundboard/soundboard.ts';
import { createSoundboardPort } from '../../packages/bot/src/discord/soundboard.ts';
import { type LoggedIn, logIn } from '../sim/src/testing/bot.ts';

const names = ['ViewChannel', 'Connect', 'Speak', 'UseSoundboard'] as const;

let sim: DiscordSim;
let bot: LoggedIn;
let here: SimGuild;
let there: SimGuild;
let voice: SimChannel;

before(async () => {
  sim = await DiscordSim.start();
  here = sim.addGuild({ name: 'Here', botPermissions: names });
  there = sim.addGuild({ name: 'There' });
  here.sounds.push(
    { id: '700000000000000001', name: 'Gong' },
    { id: '700000000000000002', name: 'Old', available: false },
  );
  there.sounds.push({ id: '700000000000000003', name: 'Whistle' });
  voice = here.addVoiceChannel('Table');
  bot = await logIn(sim);
});

after(async () => {
  await bot[Symbol.asyncDispose]();
  await sim.close();
});

/** Goes into the channel, or out of it, and waits until discord.js has heard of it. */
const move = async (channel: SimChannel | null, selfMute = false): Promise<void> => {
  const guild = bot.client.guilds.cache.get(here.id) ?? assert.fail();
  const d = { guild_id: here.id, channel_id: channel?.id ?? null, self_mute: selfMute, self_deaf: false };
  guild.shard.send({ op: 4, d });
  const isThere = () => guild.members.me?.voice;
  await sim.until(
    () => isThere()?.channelId === (channel?.id ?? null) && (channel === null || isThere()?.selfMute === selfMute),
    {
      what: 'the bot’s voice state',
    },
  );
};

test('sounds of this server, of others and of Discord are listed and played as the bot is allowed to', async () => {
  const board = new Soundboard({
    ...{ port: createSoundboardPort(bot.client), clock: systemClock, logger: pino({ level: 'silent' }) },
  });
  const elsewhere = `700000000000000003@${there.id}`;
  const play = async (name: string, references: readonly string[] = []) => {
    const wish = { guildId: here.id, channelId: voice.id, name, enabled: true, references };
    const { result, names: known } = await board.play(wish);
    return known.length > 0 ? `${result}: ${known.join(', ')}` : result;
  };
  assert.equal(await play('gong'), 'not_in_voice');
  await move(voice);
  assert.equal(await play(''), 'unknown_sound: Gong', 'what is not available is not offered');
  assert.equal(await play('gong'), 'played');
  assert.equal(await play('quack', ['1']), 'played');
  assert.equal(await play('whistle', [elsewhere]), 'missing_external_permissions');
  await move(voice, true);
  assert.equal(await play('quack', ['2', '1']), 'muted_or_deaf');
  await move(null);
  assert.equal(await play('gong'), 'not_in_voice');
  const sent = sim.requests.filter(({ path }) => path.endsWith('/send-soundboard-sound'));
  assert.deepEqual(
    sent.map(({ body }) => body),
    [{ sound_id: '700000000000000001', source_guild_id: here.id }, { sound_id: '1' }],
  );
});
