import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingStatus } from '../../discord/recording-indicator.ts';
import { alice, guildA, SessionRig, voiceA } from '../../testing/index.ts';

test('where only the channel’s status says it, it stands there from before the first packet until after the last', async () => {
  const seen: [string, string | undefined][] = [];
  const look = (what: string) => seen.push([what, rig.discord.statuses.get(voiceA)]);
  const none = { segments: 0, received: 0, written: 0, dropped: {}, lost: 0, unattributed: 0, speakers: 0 };
  await using rig: SessionRig = await SessionRig.start({
    scripts: [
      {
        on: {
          'session.join': ({ target: { channelId } }) => {
            rig.discord.shownIn.set(guildA, channelId);
            const timings = { serverMs: 1, readyMs: 2 };
            return { channelId, encryptionMode: 'aead_aes256_gcm_rtpsize', daveVersion: 1, timings };
          },
          'recording.start': () => {
            look('start');
            return { sample: 10 };
          },
          'recording.stop': () => {
            look('stop');
            const recordingSessionId = rig.registry.of(guildA)?.recording.current?.recordingSessionId;
            return { summary: { recordingSessionId, endSample: 48_000, ...none } };
          },
          'session.leave': () => {
            look('leave');
            return { summary: null };
          },
        },
      },
    ],
  });
  rig.discord.permissions = { ...rig.discord.permissions, changeNickname: false, setVoiceStatus: true };
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
  rig.coordinator.requestEnd(outcome.session, 'requested');
  await rig.drive(outcome.session.ended);
  assert.deepEqual(seen, [
    ['start', recordingStatus],
    ['stop', recordingStatus],
    ['leave', ''],
  ]);
});
