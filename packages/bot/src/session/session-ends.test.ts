import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, endsTold, guildA, musicBot, SessionRig, startSession, voiceA } from '../testing/index.ts';
import { pauseRecording, resumeRecording } from './recording/recording-switch.ts';

test('alone for a minute ends the session; a bot is no company, a human who comes back in time is', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  session.voiceState(rig.discord.put(musicBot, voiceA), voiceA);
  session.voiceState(rig.discord.put(alice, null), null);
  rig.clock.advance(59_000);
  session.voiceState(rig.discord.put(alice, voiceA), voiceA);
  await rig.clock.run(120_000, 1000);
  assert.ok(session.isLive);
  session.voiceState(rig.discord.put(alice, null), null);
  await rig.clock.run(61_000, 1000);
  await rig.drive(session.ended, 10);
  assert.equal((await rig.drive(rig.services.store.sessions.get(session.sessionId)))?.endReason, 'alone');
});

test('the longest duration ends a recording; silence does not, it is only said', async () => {
  await using rig = await SessionRig.start({ settings: { maxRecordingHours: 1 } });
  const { session } = await startSession(rig);
  await rig.clock.run(3_590_000, 5000);
  assert.ok(session.isLive);
  assert.equal(rig.discord.said('nobody_heard').length, 1);
  await rig.clock.run(11_000, 1000);
  await rig.drive(session.ended, 10);
  assert.deepEqual(endsTold(rig), ['max_duration']);
});

test('people are warned two minutes and 45 seconds before the longest duration', async () => {
  await using rig = await SessionRig.start({ settings: { maxRecordingHours: 1 } });
  await startSession(rig);
  const near = async (ms: number) => {
    await rig.clock.run(ms, 1000);
    await rig.drive(rig.background.settled());
    return rig.discord.said('max_duration_near').map(({ details }) => (details as { remainingMs: number }).remainingMs);
  };
  assert.deepEqual(await near(3_470_000), []);
  assert.deepEqual(await near(15_000), [120_000]);
  assert.deepEqual(await near(80_000), [120_000, 45_000]);
});

test('after a pause it is said again that nobody is heard', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  await rig.drive(pauseRecording(session));
  await rig.clock.run(400_000, 1000);
  await rig.drive(resumeRecording(session));
  assert.equal(rig.discord.said('nobody_heard').length, 0);
  await rig.clock.run(300_000, 1000);
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.said('nobody_heard').length, 1);
});

for (const { name, deleted, reason } of [
  { name: 'a kick', deleted: false, reason: 'kicked' },
  { name: 'a deleted channel', deleted: true, reason: 'channel_deleted' },
] as const) {
  test(`${name} is told apart and ends with a finished recording`, async () => {
    await using rig = await SessionRig.start();
    const { session } = await startSession(rig);
    if (deleted) rig.discord.channels.delete(voiceA);
    rig.voxprocs[0]?.tell('connection.state', { state: 'ended', reason: 'removed', code: 4014 });
    await rig.drive(session.ended, 100);
    assert.deepEqual(endsTold(rig), [reason]);
    assert.equal(rig.muxJobs.length, 1);
  });
}

test('who asks Parley back right after a kick gets it back', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  rig.voxprocs[0]?.tell('connection.state', { state: 'ended', reason: 'removed', code: 4014 });
  await rig.until('the end is being looked into', () => rig.coordinator.busyGuilds === 1);
  const again = rig.join();
  await rig.drive(session.ended, 100);
  const outcome = await again;
  assert.equal(outcome.kind, 'joined');
  assert.notEqual(rig.registry.of(guildA), session);
});

test('a voice server that cannot be reached again ends as connection_lost', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  rig.voxprocs[0]?.tell('connection.state', { state: 'ended', reason: 'unreachable' });
  await rig.drive(session.ended, 10);
  assert.deepEqual(endsTold(rig), ['connection_lost']);
});

for (const { name, reason } of [
  { name: 'a full disk', reason: 'disk_full' },
  { name: 'a folder that cannot be written any more', reason: 'folder_unwritable' },
] as const) {
  test(`${name} ends recording and session for what it is, and everything written goes to the mixer`, async () => {
    await using rig = await SessionRig.start();
    const { session } = await startSession(rig);
    const { recordingSessionId = '' } = session.recording.current ?? {};
    const none = { segments: 0, received: 0, written: 0, dropped: {}, lost: 0, unattributed: 0, speakers: 0 };
    rig.voxprocs[0]?.tell('recording.ended', { reason, summary: { recordingSessionId, endSample: 96_000, ...none } });
    await rig.drive(session.ended, 10);
    assert.deepEqual(endsTold(rig), [reason]);
    assert.deepEqual(
      rig.muxJobs.map((job) => job.recordingSessionId),
      [recordingSessionId],
    );
  });
}

test('a stranger cannot send Parley away; somebody in the channel can', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  rig.discord.managers.delete(bob);
  assert.deepEqual(await rig.drive(rig.coordinator.leave(guildA, bob, 'text')), {
    kind: 'not_permitted',
    startedBy: alice,
  });
  rig.discord.put(bob, voiceA);
  assert.equal((await rig.drive(rig.coordinator.leave(guildA, bob, 'text'))).kind, 'leaving');
  await rig.drive(session.ended, 10);
});
