import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import type { VoiceChannelView } from '../session/discord-port.ts';
import type { IndicatorRow } from '../store/index.ts';
import { FakeDiscord, guildA, voiceA, voiceA2 } from '../testing/fake-discord.ts';
import { Background } from '../vox/background.ts';
import { RecordingIndicator, recordingStatus, undoRetryMs } from './recording-indicator.ts';

const rig = (rows: IndicatorRow[] = []) => {
  const discord = new FakeDiscord();
  const kept = new Map(rows.map((row) => [`${row.guildId} ${row.kind}`, row]));
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const indicator = () =>
    new RecordingIndicator({
      discord,
      clock,
      logger,
      background,
      store: {
        indicators: {
          set: async (row) => void kept.set(`${row.guildId} ${row.kind}`, row),
          clear: async (guildId, kind) => void kept.delete(`${guildId} ${kind}`),
          all: async () => [...kept.values()],
        },
      },
    });
  const channel = (id = voiceA) => discord.channel(guildA, id) as VoiceChannelView;
  return { discord, kept, indicator, channel, clock, background };
};

test('the nickname says it, and what it was is remembered first and comes back', async () => {
  const { discord, kept, indicator, channel } = rig();
  discord.nicknames.set(guildA, 'Secretary');
  const shown = indicator();
  assert.equal(await shown.show(channel()), 'nickname');
  assert.equal(discord.nicknames.get(guildA), '[REC] Secretary');
  assert.equal([...kept.values()][0]?.previous, 'Secretary');
  await shown.restore(guildA);
  assert.equal(discord.nicknames.get(guildA), 'Secretary');
  assert.equal(kept.size, 0);
});

test('a nickname somebody changed meanwhile is left alone', async () => {
  const { discord, indicator, channel } = rig();
  const shown = indicator();
  await shown.show(channel());
  discord.nicknames.set(guildA, 'Given by a moderator');
  await shown.restore(guildA);
  assert.equal(discord.nicknames.get(guildA), 'Given by a moderator');
});

test('where the nickname cannot be changed the channel’s status says it, in the channel of the moment', async () => {
  const { discord, indicator, channel } = rig();
  discord.permissions = { ...discord.permissions, setVoiceStatus: true };
  discord.failNickname = new Error('Missing Permissions');
  const shown = indicator();
  assert.equal(await shown.show(channel()), 'when_inside');
  discord.shownIn.set(guildA, voiceA);
  assert.equal(await shown.show(channel()), 'voice_status');
  assert.equal(discord.statuses.get(voiceA), recordingStatus);
  assert.equal(await shown.show(channel(voiceA2)), 'when_inside');
  assert.equal(discord.statuses.get(voiceA), recordingStatus);
  await shown.leaving(guildA);
  assert.equal(discord.statuses.get(voiceA), '');
  discord.shownIn.set(guildA, voiceA2);
  assert.equal(await shown.show(channel(voiceA2)), 'voice_status');
  assert.equal(discord.statuses.get(voiceA2), recordingStatus);
  await shown.restore(guildA);
  assert.equal(discord.statuses.get(voiceA2), '');
});

test('a status that cannot be taken back from outside is not tried again at each start', async () => {
  const { discord, indicator, channel, kept } = rig();
  discord.permissions = { ...discord.permissions, changeNickname: false, setVoiceStatus: true };
  discord.shownIn.set(guildA, voiceA);
  await indicator().show(channel());
  discord.shownIn.delete(guildA);
  await indicator().restoreLeftovers(() => false, [guildA]);
  assert.equal(kept.size, 0);
});

test('the nickname stays while the bot is on its way out', async () => {
  const { discord, indicator, channel } = rig();
  const shown = indicator();
  await shown.show(channel());
  await shown.leaving(guildA);
  assert.equal(discord.nicknames.get(guildA), '[REC] Parley');
});

test('where neither works there is no indicator', async () => {
  const { discord, indicator, channel, kept } = rig();
  discord.failNickname = new Error('Missing Permissions');
  assert.equal(await indicator().show(channel()), null);
  assert.equal(kept.size, 0);
});

test('after a crash the name comes back as it was, however much the mark had cut off', async () => {
  const { discord, indicator, channel, kept } = rig();
  discord.nicknames.set(guildA, 'A very long name of a bot here');
  await indicator().show(channel());
  assert.equal(discord.nicknames.get(guildA), '[REC] A very long name of a bot');
  const after = indicator();
  await after.restoreLeftovers(() => false, [guildA]);
  assert.equal(discord.nicknames.get(guildA), 'A very long name of a bot here');
  assert.equal(kept.size, 0);
});

test('a session that goes on after a crash keeps the mark and still knows the whole name', async () => {
  const { discord, indicator, channel } = rig();
  discord.nicknames.set(guildA, 'A very long name of a bot here');
  await indicator().show(channel());
  const after = indicator();
  assert.equal(await after.show(channel()), 'nickname');
  await after.restoreLeftovers((guildId) => guildId === guildA, [guildA]);
  assert.match(discord.nicknames.get(guildA) ?? '', /^\[REC\] /);
  await after.restore(guildA);
  assert.equal(discord.nicknames.get(guildA), 'A very long name of a bot here');
});

test('a mark nobody remembers is taken away all the same', async () => {
  const { discord, indicator } = rig();
  discord.nicknames.set(guildA, '[REC] Parley');
  await indicator().restoreLeftovers(() => false, [guildA]);
  assert.equal(discord.nicknames.get(guildA), 'Parley');
});

test('a nickname that could not be taken back is tried again, and given up at last', async () => {
  const { discord, kept, indicator, channel, clock, background } = rig();
  const shown = indicator();
  await shown.show(channel());
  discord.failNickname = new Error('500: Internal Server Error');
  await shown.restore(guildA);
  clock.advance(undoRetryMs[0]);
  await background.settled();
  assert.equal(discord.nicknames.get(guildA), '[REC] Parley');
  discord.failNickname = null;
  clock.advance(undoRetryMs[1]);
  await background.settled();
  assert.equal(discord.nicknames.get(guildA), null);
  assert.equal(kept.size, 0);
  assert.equal(clock.timers, 0);

  await shown.show(channel());
  discord.failNickname = new Error('500: Internal Server Error');
  await shown.restore(guildA);
  for (const ms of undoRetryMs) {
    clock.advance(ms);
    await background.settled();
  }
  assert.equal(clock.timers, 0);
  assert.equal(kept.size, 1, 'the next start knows what to take away');
});

test('a retry leaves alone what another session shows again', async () => {
  const { discord, kept, indicator, channel, clock, background } = rig();
  discord.nicknames.set(guildA, 'Secretary');
  const shown = indicator();
  await shown.show(channel());
  discord.failNickname = new Error('500: Internal Server Error');
  await shown.restore(guildA);
  discord.failNickname = null;
  await shown.show(channel());
  clock.advance(undoRetryMs[0]);
  await background.settled();
  assert.equal(discord.nicknames.get(guildA), '[REC] Secretary');
  await shown.restore(guildA);
  assert.equal(discord.nicknames.get(guildA), 'Secretary');
  assert.equal(kept.size, 0);
});
