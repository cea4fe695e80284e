import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsTold, guildA, journalOf, SessionRig, startSession, voiceA, voiceA2 } from '../testing/index.ts';

test('a channel whose deletion is told after the voice server has closed counts as deleted', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  rig.voxprocs[0]?.tell('connection.state', { state: 'ended', reason: 'removed', code: 4014 });
  await rig.until('the end is being looked into', () => rig.coordinator.busyGuilds === 1);
  rig.clock.advance(200);
  rig.discord.channels.delete(voiceA);
  await rig.drive(session.ended, 100);
  assert.deepEqual(endsTold(rig), ['channel_deleted']);
});

for (const [reason, expected] of [
  ['moved', 'moved_to_disallowed'],
  ['unreachable', 'connection_lost'],
  ['encryption_required', 'connection_lost'],
] as const) {
  test(`a voice connection that is over because ${reason} ends as ${expected}, and a lost one is kept as an error`, async () => {
    await using rig = await SessionRig.start();
    const { session } = await startSession(rig);
    rig.voxprocs[0]?.tell('connection.state', { state: 'ended', reason });
    await rig.drive(session.ended, 10);
    assert.deepEqual(endsTold(rig), [expected]);
    const kept = await rig.drive(rig.services.store.actions.countSince(guildA, 'voice_error', 0));
    assert.equal(kept, expected === 'connection_lost' ? 1 : 0);
  });
}

test('moved to a channel in which nothing can show that it records, Parley goes', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  const { indicator } = rig.services;
  const show = indicator.show.bind(indicator);
  Object.assign(indicator, {
    show: async (channel: Parameters<typeof show>[0]) => (channel.id === voiceA2 ? null : await show(channel)),
  });
  rig.voxprocs[0]?.tell('connection.state', { state: 'moved', channelId: voiceA2 });
  await rig.drive(session.ended, 10);
  assert.deepEqual(endsTold(rig), ['moved_to_disallowed']);
});

test('a move to where it is already changes nothing', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  const run = session.recording.current;
  rig.coordinator.requestFollow(session, voiceA);
  await rig.drive(rig.background.settled(), 10);
  assert.equal(session.recording.current, run);
  assert.equal(rig.discord.said('moved').length, 0);
});

test('a disk that is full ends the recording where voxproc ended it', async () => {
  await using rig = await SessionRig.start();
  const { session, folder } = await startSession(rig);
  const { recordingSessionId = '' } = session.recording.current ?? {};
  const none = { segments: 0, received: 0, written: 0, dropped: {}, lost: 0, unattributed: 0, speakers: 0 };
  const summary = { recordingSessionId, endSample: 96_000, ...none };
  rig.clock.advance(5000);
  rig.voxprocs[0]?.tell('recording.ended', { reason: 'disk_full', summary });
  await rig.drive(session.ended, 10);
  const last = (await journalOf(folder)).at(-1);
  assert.deepEqual([last?.type, last?.sample], ['recording_ended', 96_000]);
});

test('whoever ends a session second waits for the first', async () => {
  const letGo = Promise.withResolvers<unknown>();
  await using rig = await SessionRig.start({ scripts: [{ on: { 'session.leave': () => letGo.promise } }] });
  const { session } = await startSession(rig);
  const ends = [session.end('kicked'), session.end('alone')];
  let isSecondDone = false;
  void ends[1]?.then(() => {
    isSecondDone = true;
  });
  await rig.until('voxproc is asked to leave', () => rig.voxprocs[0]?.all('session.leave').length === 1);
  assert.equal(isSecondDone, false);
  letGo.resolve({ summary: null });
  await rig.drive(Promise.all(ends), 10);
  assert.deepEqual(endsTold(rig), ['kicked']);
  assert.equal(rig.muxJobs.length, 1);
});

test('while Parley is being shut down nobody is joined', async () => {
  await using rig = await SessionRig.start();
  await startSession(rig);
  await rig.drive(rig.coordinator.shutdown(), 10);
  assert.deepEqual(endsTold(rig), ['shutdown']);
  assert.equal((await rig.join()).kind, 'refused');
  assert.equal(rig.voxprocs.length, 1, 'none was started for it');
});
