import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Client, Events } from 'discord.js';
import { pino } from 'pino';
import { StreamRegistry } from '../session/presence/stream-registry.ts';
import { Background } from '../vox/background.ts';
import { bindEvents, type EventTargets } from './events.ts';

const guildId = '100000000000000001';
const channelId = '200000000000000001';
const bot = '900000000000000001';
const ada = '400000000000000001';

/** A client that emits, with a session of which only what is told is noted. */
const makeClient = async () => {
  const client = Object.assign(new EventEmitter(), { user: { id: bot } });
  const told: unknown[] = [];
  const session = {
    voiceEffect: (...effect: unknown[]) => void told.push(effect),
    voiceState: () => undefined,
    ownVoiceState: () => undefined,
  };
  const streams = new StreamRegistry({ now: () => 7 });
  const registry = { of: (id: string) => (id === guildId ? session : null) };
  // Nothing else of the client or of the targets is used by these events.
  bindEvents(client as unknown as Client, {
    targets: Promise.resolve({ registry, streams, autoJoin: { changed: () => undefined } } as unknown as EventTargets),
    background: new Background(pino({ level: 'silent' })),
    onFatal: () => undefined,
  });
  await setImmediate();
  return { client, told, streams };
};

test('effects of others reach the session of their guild, the bot’s own and those of other guilds none', async () => {
  const { client, told } = await makeClient();
  const effect = (change: object) =>
    client.emit(Events.VoiceChannelEffectSend, {
      ...{ guild: { id: guildId }, channelId, userId: ada, emoji: null, soundId: null },
      ...change,
    });
  effect({ emoji: { name: '🎉' } });
  effect({ soundId: 3 });
  effect({ soundId: '1199999999999999999' });
  effect({ userId: bot, soundId: 3 });
  effect({ guild: { id: '100000000000000002' } });
  assert.deepEqual(told, [
    [{ userId: ada, emoji: '🎉', soundId: null }, channelId],
    [{ userId: ada, emoji: null, soundId: '3' }, channelId],
    [{ userId: ada, emoji: null, soundId: '1199999999999999999' }, channelId],
  ]);
});

test('the beginning of a stream is noted in any guild, whether or not a session is there', async () => {
  const { client, streams } = await makeClient();
  const elsewhere = '100000000000000002';
  const state = (streaming: boolean | null) => ({ guild: { id: elsewhere }, id: ada, channelId, streaming });
  client.emit(Events.VoiceStateUpdate, state(null), state(false));
  client.emit(Events.VoiceStateUpdate, state(false), state(true));
  assert.deepEqual(streams.in(elsewhere, channelId), [{ userId: ada, channelId, source: 'registry', startedAt: 7 }]);
  client.emit(Events.VoiceStateUpdate, state(true), state(false));
  assert.deepEqual(streams.in(elsewhere, channelId), []);
});
