import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsTold, guildA, SessionRig, startSession, voiceA, voiceA2 } from '../testing/index.ts';

test('moved by a moderator, Parley follows into a channel it may record', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  const first = session.recording.current?.recordingSessionId;
  rig.voxprocs[0]?.tell('connection.state', { state: 'moved', channelId: voiceA2 });
  await rig.until('it records there', () => session.channelId === voiceA2 && session.recording.current !== null);
  await rig.drive(rig.background.settled());
  assert.notEqual(session.recording.current?.recordingSessionId, first);
  assert.equal(rig.discord.said('recording_notice').length, 2);
  assert.deepEqual(
    rig.discord.said('moved').map(({ details }) => details),
    [{ channelId: voiceA2, recording: true }],
  );
});

test('a move by a moderator that cannot be followed is undone, and the session lives on', async () => {
  let moves = 0;
  await using rig = await SessionRig.start({
    scripts: [
      {
        on: {
          'session.move': ({ channelId }) => {
            moves += 1;
            if (moves === 1) return Promise.reject(new Error('no answer'));
            rig.discord.shownIn.set(guildA, channelId);
            return { channelId, encryptionMode: 'x', daveVersion: 1, timings: { serverMs: 0, readyMs: 0 } };
          },
        },
      },
    ],
  });
  const { session } = await startSession(rig);
  rig.discord.shownIn.set(guildA, voiceA2);
  rig.voxprocs[0]?.tell('connection.state', { state: 'moved', channelId: voiceA2 });
  await rig.until('it is back', () => rig.discord.shownIn.get(guildA) === voiceA);
  await rig.drive(rig.background.settled());
  assert.ok(session.isLive);
  assert.equal(session.recording.current?.identity.channelId, voiceA);
  assert.deepEqual(endsTold(rig), []);
  assert.deepEqual(rig.discord.said('moved'), []);
});

test('moved to a channel that is not allowed, Parley goes', async () => {
  await using rig = await SessionRig.start({ settings: { allowedChannelIds: [voiceA] } });
  const { session } = await startSession(rig);
  rig.voxprocs[0]?.tell('connection.state', { state: 'moved', channelId: voiceA2 });
  await rig.drive(session.ended, 10);
  assert.deepEqual(endsTold(rig), ['moved_to_disallowed']);
});

test('a server-deafened bot says so once, and how long it lasted', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  session.ownVoiceState({ deaf: true, mute: false });
  session.ownVoiceState({ deaf: true, mute: false });
  rig.clock.advance(7000);
  session.ownVoiceState({ deaf: false, mute: false });
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.said('server_deafened').length, 1);
  assert.deepEqual(
    rig.discord.said('server_undeafened').map(({ details }) => details),
    [{ gapMs: 7000 }],
  );
});
