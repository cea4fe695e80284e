import assert from 'node:assert/strict';
import { FakeClock } from '@parley/protocol/testing';
import type { Prng } from '@parley/sim';
import { DatagramReceiver, DecryptHealth, GatewayAdapter, notNegotiated, TappedVoice } from '@parley/voxproc/testing';
import { fuzz } from './fuzz.ts';
import { pick } from './mutate.ts';

const [guildId, userId, channelId] = ['100000000000000001', '200000000000000001', '300000000000000001'];

/** Any value JSON has, among them those a field may really hold. */
const value = (chance: Prng, depth = 0): unknown => {
  const plain = [
    null,
    true,
    false,
    0,
    1,
    -1,
    5,
    1.5,
    4004,
    2 ** 32,
    1e300,
    '',
    '5',
    'a'.repeat(300),
    guildId,
    userId,
    channelId,
  ];
  if (depth > 2 || chance.chance(70)) return pick(chance, plain);
  if (chance.chance(50)) return Array.from({ length: chance.int(0, 3) }, () => value(chance, depth + 1));
  return object(chance, ['ssrc', 'user_id', 'op', 'd', '__proto__', 'length'], depth + 1);
};

const object = (chance: Prng, keys: readonly string[], depth = 0): Record<string, unknown> => {
  const entries = keys.filter(() => chance.chance(70)).map((key) => [key, value(chance, depth)] as const);
  // As a message arrives: text that was parsed, `__proto__` being a key like any other.
  return JSON.parse(`{${entries.map(([key, held]) => `${JSON.stringify(key)}:${JSON.stringify(held)}`).join(',')}}`);
};

const opcodes = [2, 4, 5, 6, 8, 9, 11, 12, 13, 15, 18, 20, 21, 22, 24, 31] as const;
const fields = [
  'ssrc',
  'user_id',
  'audio_ssrc',
  'speaking',
  'dave_protocol_version',
  'protocol_version',
  'transition_id',
];

const voiceMessage = (chance: Prng): unknown => {
  if (chance.chance(5)) return pick(chance, [5, 'text', true, []]);
  const op = chance.chance(90) ? pick(chance, opcodes) : value(chance);
  return { op, ...(chance.chance(95) && { d: chance.chance(85) ? object(chance, fields) : value(chance) }) };
};

const buildReceiver = (): DatagramReceiver =>
  new DatagramReceiver({
    clock: new FakeClock(),
    sink: {
      packet: () => assert.fail('nothing was received'),
      dropped: () => assert.fail('nothing was received'),
      unattributed: () => assert.fail('nothing was received'),
      foreign: () => assert.fail('nothing was received'),
      bot: () => assert.fail('nothing was received'),
      optedOut: () => assert.fail('nothing was received'),
    },
    health: new DecryptHealth(),
    verdictOf: () => 'record',
    frameContext: (nowMs) => ({ session: null, negotiation: notNegotiated, rekeying: false, keyless: false, nowMs }),
    onKeyless: () => undefined,
    onDatagram: () => undefined,
  });

fuzz('messages of the voice gateway of any form are read or passed over', { short: 100, long: 4000 }, (chance) => {
  using receiver = buildReceiver();
  using voice = new TappedVoice(receiver);
  for (let said = 1; said <= 100; said += 1) {
    voice.say(chance.chance(10) ? null : voiceMessage(chance));
    assert.equal(voice.tapped.alive.length, said);
  }
  const { spoke, left, negotiated } = voice.tapped;
  for (const [who] of [...spoke, ...left]) assert.equal(typeof who, 'string');
  for (const [event] of negotiated) assert.ok(Number.isFinite(event.version), JSON.stringify(event));
  voice.say({ op: 5, d: { user_id: userId, ssrc: 7, speaking: 1 } });
  assert.deepEqual(spoke.at(-1), [userId]);
});

const stateFields = ['guild_id', 'user_id', 'channel_id', 'session_id', 'self_deaf'];
const serverFields = ['guild_id', 'token', 'endpoint'];

fuzz(
  "voice states and servers of any form reach the library only when they are the bot's and whole",
  { short: 3000, long: 100_000 },
  (chance) => {
    const clock = new FakeClock();
    const adapter = new GatewayAdapter({ clock, guildId, userId, send: () => undefined, onHeldBack: () => undefined });
    const isText = (given: unknown): boolean => typeof given === 'string' && given !== '';
    adapter.creator({
      destroy: () => undefined,
      onVoiceStateUpdate: (state) => {
        assert.ok(state.guild_id === guildId && state.user_id === userId && isText(state.session_id));
        assert.ok(state.channel_id === null || isText(state.channel_id));
      },
      onVoiceServerUpdate: (server) => {
        assert.ok(server.guild_id === guildId && isText(server.token));
        assert.ok(server.endpoint === null || isText(server.endpoint));
      },
    });
    for (let times = 0; times < 20; times += 1) {
      const ours = chance.chance(50) ? { guild_id: guildId, user_id: userId } : {};
      if (chance.chance(50)) adapter.voiceState({ ...object(chance, stateFields), ...ours });
      else adapter.voiceServer({ ...object(chance, serverFields), ...ours });
      if (chance.chance(30)) clock.advance(chance.int(0, 600));
    }
    clock.advance(1000);
    assert.equal(clock.timers, 0);
  },
);
