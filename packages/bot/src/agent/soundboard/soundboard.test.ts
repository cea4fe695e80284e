import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { guildA, guildB, voiceA, voiceA2 } from '../../testing/fake-discord.ts';
import { allRights, FakeSoundboard } from '../testing/fake-soundboard.ts';
import { type SoundResult, soundResults } from './sound-result.ts';
import { soundRefusal } from './sound-rules.ts';
import { Soundboard, soundTimes } from './soundboard.ts';
import type { RightsUnknown, SoundRights } from './soundboard-port.ts';

const own = { id: '11', name: 'Air Horn', guildId: guildA };
const external = { id: '21', name: 'Elsewhere', guildId: guildB };
const discords = { id: '1', name: 'quack', guildId: null };
const without = (rights: Partial<SoundRights>): SoundRights => ({ ...allRights, ...rights });

const cases: [
  what: string,
  rights: SoundRights | RightsUnknown,
  sound: typeof own | typeof discords,
  result: SoundResult | null,
][] = [
  ['all rights', allRights, own, null],
  ['all rights, a sound of elsewhere', allRights, external, null],
  ['no external sounds, its own', without({ useExternalSounds: false }), own, null],
  ['no external sounds, Discord’s', without({ useExternalSounds: false }), discords, null],
  ['no external sounds, of elsewhere', without({ useExternalSounds: false }), external, 'missing_external_permissions'],
  ['no soundboard', without({ useSoundboard: false }), own, 'missing_permissions'],
  ['no speaking', without({ speak: false }), own, 'missing_permissions'],
  ['muted', without({ mutedOrDeaf: true }), own, 'muted_or_deaf'],
  ['in another channel', without({ inChannelId: voiceA2 }), own, 'not_in_voice'],
  ['in none', without({ inChannelId: null }), own, 'not_in_voice'],
  ['no guild', 'guild_missing', own, 'guild_missing'],
  ['no channel', 'channel_missing', own, 'channel_missing'],
  ['no member', 'bot_member_missing', own, 'bot_member_missing'],
];
for (const [what, rights, sound, result] of cases)
  test(`a sound with ${what}: ${result ?? 'may be played'}`, () => {
    assert.equal(soundRefusal({ guildId: guildA, channelId: voiceA, enabled: true, rights }, sound), result);
  });

test('where it is switched off, that is the reason', () => {
  const context = { guildId: guildA, channelId: voiceA, enabled: false, rights: 'guild_missing' } as const;
  assert.equal(soundRefusal(context, own), 'disabled');
});

test('every result has its words', () => {
  assert.equal(new Set(Object.values(soundResults)).size, Object.keys(soundResults).length);
});

const open = () => {
  const clock = new FakeClock();
  const port = new FakeSoundboard();
  const board = new Soundboard({ port, clock, logger: pino({ level: 'silent' }) });
  const wish = { guildId: guildA, channelId: voiceA, enabled: true, references: [] as readonly string[] };
  const play = async (name: string, change: Partial<typeof wish> = {}) =>
    (await board.play({ ...wish, name, ...change })).result;
  return { clock, port, board, wish, play };
};

test('the same sound is played once in six seconds, another one meanwhile', async () => {
  const { clock, port, play } = open();
  assert.equal(await play('air horn'), 'played');
  assert.equal(await play('AIR HORN '), 'too_often');
  assert.equal(await play('sad trombone'), 'played');
  clock.advance(soundTimes.againMs - 1);
  assert.equal(await play('air horn'), 'too_often');
  clock.advance(1);
  assert.equal(await play('air horn'), 'played');
  assert.deepEqual(port.played, [
    `11 of ${guildA} in ${voiceA}`,
    `12 of ${guildA} in ${voiceA}`,
    `11 of ${guildA} in ${voiceA}`,
  ]);
});

test('a sound is found by what resembles its name, and what does not is unknown', async () => {
  const { board, wish, play } = open();
  assert.equal(await play('the trombone sound'), 'unknown_sound');
  assert.equal(await play('sad trombones'), 'played');
  const { result, names } = await board.play({ ...wish, name: '' });
  assert.deepEqual([result, names], ['unknown_sound', ['Air Horn', 'Sad Trombone']]);
});

test('a list of sounds is asked for once a minute; Discord’s own are for a server that has none', async () => {
  const { clock, port, play } = open();
  await play('air horn');
  await play('x');
  assert.deepEqual(port.lists, [guildA]);
  clock.advance(soundTimes.listMs);
  port.own = [];
  assert.equal(await play('quack'), 'played');
  assert.deepEqual(port.lists, [guildA, guildA, 'default']);
});

test('the settings of a server name the sounds, also of others, and none besides', async () => {
  const { port, play } = open();
  const references = ['12', `21@${guildB}`, '1', `99@${guildB}`, '5@300000000000000009'];
  assert.equal(await play('elsewhere', { references }), 'played');
  assert.equal(await play('quack', { references }), 'played');
  assert.equal(await play('sad trombone', { references }), 'played');
  assert.equal(await play('air horn', { references }), 'unknown_sound');
  assert.deepEqual(port.played, [
    `21 of ${guildB} in ${voiceA}`,
    `1 of Discord in ${voiceA}`,
    `12 of ${guildA} in ${voiceA}`,
  ]);
});

test('what Discord refuses is an answer, and a list that failed is asked for again', async () => {
  const { port, play } = open();
  port.failure = new Error('Missing Access');
  assert.equal(await play('air horn'), 'api_error');
  port.failure = null;
  assert.equal(await play('air horn'), 'played');
});

test('no more than forty sounds are offered', async () => {
  const { port, board, wish } = open();
  port.own = Array.from({ length: 60 }, (_, n) => ({ id: String(n), name: `Sound ${n}`, guildId: guildA }));
  assert.equal((await board.play({ ...wish, name: '' })).names.length, 40);
});
