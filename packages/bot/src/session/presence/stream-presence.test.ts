import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, guildA, musicBot, SessionRig, startSession, voiceA, voiceA2 } from '../../testing/index.ts';
import { mergeStreams, type StreamRecord } from './stream-record.ts';

const eventsOf = (rig: SessionRig): string[] =>
  rig.log.flatMap(({ msg, userId, source }) =>
    typeof msg === 'string' && msg.startsWith('stream_') ? [`${msg} ${userId} ${source}`] : [],
  );
const seeded = 'stream_discovery_pre_existing_stream_seeded';

const poor: StreamRecord = { userId: 'u', channelId: 'c', source: 'voice_state', startedAt: null };
const rich: StreamRecord = { ...poor, source: 'registry', startedAt: 5 };
const merges: [what: string, known: StreamRecord, next: StreamRecord, wanted: StreamRecord][] = [
  ['a richer record replaces a poorer one', poor, rich, rich],
  ['a poorer record takes nothing away', rich, poor, rich],
  ['the first known beginning stands', rich, { ...rich, startedAt: 9 }, rich],
  ['the channel is the newest', rich, { ...poor, channelId: 'd' }, { ...rich, channelId: 'd' }],
];
for (const [what, known, next, wanted] of merges) {
  test(`of two records of a stream ${what}`, () => assert.deepEqual(mergeStreams(known, next), wanted));
}

test('streams that run at the join are seeded with where they are known from, bots and other channels left out', async () => {
  await using rig = await SessionRig.start({ settings: { verbosity: 'all' } });
  const { streams } = rig.services;
  const seen = (userId: string, channelId: string | null, streaming: boolean, wasStreaming: boolean | null) =>
    streams.voiceState({ guildId: guildA, userId, channelId, streaming, wasStreaming });
  rig.discord.put(bob, voiceA, { streaming: true });
  rig.discord.put(musicBot, voiceA, { streaming: true });
  rig.discord.put('400000000000000003', voiceA2, { streaming: true });
  seen(bob, voiceA, true, false);
  seen('400000000000000003', voiceA2, true, false);
  const startedAt = rig.clock.now();
  rig.clock.advance(5000);
  const { session } = await startSession(rig);
  assert.deepEqual(session.streams.all, [{ userId: bob, channelId: voiceA, source: 'registry', startedAt }]);
  assert.deepEqual(eventsOf(rig), [`${seeded} ${bob} registry`]);

  // A voice state that says less does not take back what is known.
  session.voiceState(rig.discord.put(bob, voiceA, { streaming: true, muted: true }), voiceA);
  assert.equal(session.streams.all[0]?.startedAt, startedAt);
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.said('stream_started').length, 0, 'it ran already');
});

test('a stream is followed: its beginning is told once with what bots cannot do, its end and its leaving are noted', async () => {
  await using rig = await SessionRig.start({ settings: { verbosity: 'all' } });
  const { session } = await startSession(rig);
  const state = (channelId: string | null, streaming: boolean) =>
    session.voiceState(rig.discord.put(bob, channelId, { streaming }), channelId);
  state(voiceA, false);
  state(voiceA, true);
  state(voiceA, true);
  assert.deepEqual(
    session.streams.all.map(({ userId }) => userId),
    [bob],
  );
  state(voiceA, false);
  state(voiceA, true);
  state(voiceA2, true);
  assert.deepEqual(session.streams.all, []);
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.said('stream_started').length, 1);
  const twice = [`stream_started ${bob} voice_state`, `stream_ended ${bob} voice_state`];
  assert.deepEqual(eventsOf(rig), [...twice, ...twice]);
  assert.equal(rig.discord.said('stream_started')[0]?.kind, 'stream_started');
});

test('a bot that seems to stream is none', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  session.voiceState(rig.discord.put(musicBot, voiceA, { streaming: true }), voiceA);
  await rig.drive(rig.background.settled());
  assert.deepEqual(session.streams.all, []);
  assert.equal(rig.discord.said('stream_started').length, 0);
});

test('in another channel the streams are those of that channel', async () => {
  await using rig = await SessionRig.start();
  rig.discord.put(alice, voiceA, { streaming: true });
  const { session } = await startSession(rig);
  rig.discord.put(bob, voiceA2, { streaming: true });
  rig.discord.put(alice, voiceA2);
  assert.equal((await rig.join()).kind, 'switched');
  assert.deepEqual(
    session.streams.all.map(({ userId }) => userId),
    [bob],
  );
});

test('a stream seen to go on elsewhere, or to have run before anybody looked, has no beginning', async () => {
  await using rig = await SessionRig.start();
  const { streams } = rig.services;
  const seen = (channelId: string | null, streaming: boolean, wasStreaming: boolean | null) =>
    streams.voiceState({ guildId: guildA, userId: bob, channelId, streaming, wasStreaming });
  seen(voiceA, true, true);
  assert.deepEqual(streams.in(guildA, voiceA), []);
  seen(voiceA, true, null);
  assert.deepEqual(streams.in(guildA, voiceA), []);
  seen(voiceA, true, false);
  seen(voiceA2, true, true);
  assert.deepEqual([streams.in(guildA, voiceA).length, streams.in(guildA, voiceA2).length], [0, 1]);
  seen(null, false, true);
  assert.deepEqual(streams.in(guildA, voiceA2), []);
});
