import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { guildSettingsSchema } from '../../config/guild-settings.ts';
import type { RecordingRow } from '../../store/index.ts';
import { FakeDiscord, guildA, textA } from '../../testing/fake-discord.ts';
import { Background } from '../../vox/background.ts';
import { TranscriptionTeller } from './transcription-teller.ts';

const row = { recordingSessionId: 'r', guildId: guildA, textChannelId: textA } as RecordingRow;

const openRig = () => {
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const discord = new FakeDiscord();
  let messages = 0;
  const post: FakeDiscord['post'] = (...args) => {
    messages += 1;
    return discord.post(...args);
  };
  const teller = new TranscriptionTeller({
    ...{ discord: { post }, clock, logger, background, prefix: '!', pageOf: () => null },
    store: { guildSettings: { get: async () => guildSettingsSchema.parse({ verbosity: 'minimal' }) } } as never,
  });
  return {
    ...{ clock, discord, teller },
    /** Says it, and waits until it stands. */
    tell: async (...news: Parameters<TranscriptionTeller['tell']>[1][]) => {
      for (const one of news) teller.tell(row, one);
      for (let turn = 0; turn < 20; turn += 1) await settle();
    },
    messages: () => messages,
    kinds: () => discord.posted.map(({ message }) => message.kind),
    fractions: () =>
      discord.said('transcript_progress').map(({ details }) => (details as { readonly fraction: number }).fraction),
  };
};
const at = (fraction: number, atOnce = false) => ({ kind: 'progress', fraction, atOnce }) as const;
const ready = { kind: 'ready', segments: 2, bound: null } as const;

test('what somebody asked for is shown at once, and one message follows it to its end, at least 5 s apart', async () => {
  const rig = openRig();
  await rig.tell(at(0, true));
  assert.deepEqual(rig.fractions(), [0]);
  await rig.tell(at(0.1, true), at(0.2, true));
  assert.deepEqual(rig.fractions(), [0], 'not at every step');
  rig.clock.advance(5000);
  await rig.tell();
  assert.deepEqual(rig.fractions(), [0, 0.2], 'the last of them');
  await rig.tell(ready);
  assert.equal(rig.kinds().at(-1), 'transcript_ready');
  assert.equal(rig.messages(), 1, 'it is edited, not posted anew');
});

test('what nobody asked for is quiet as long as it is quick', async () => {
  const rig = openRig();
  await rig.tell(at(0), at(0.5), ready);
  assert.deepEqual(rig.kinds(), ['transcript_ready']);
  await rig.tell(at(0));
  rig.clock.advance(11_000);
  await rig.tell(at(0.5));
  assert.deepEqual(rig.fractions(), [0.5]);
  rig.teller[Symbol.dispose]();
  assert.equal(rig.clock.timers, 0);
});
