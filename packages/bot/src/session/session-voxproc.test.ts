import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolError } from '@parley/protocol';
import {
  alice,
  endsTold,
  guildA,
  journalOf,
  SessionRig,
  startSession,
  textA,
  voiceA,
  voiceA2,
} from '../testing/index.ts';

test('a voxproc that dies is replaced in the same recording, with the gap as a hole', async () => {
  await using rig = await SessionRig.start();
  const { session, folder } = await startSession(rig);
  rig.clock.advance(900);
  rig.voxprocs[0]?.kill('SIGKILL');
  await rig.until('the second child is in the channel', () => rig.discord.said('gap_voxproc').length === 1);
  assert.ok(session.voxproc.isLive);
  const [again] = rig.voxprocs[1]?.all('session.join') ?? [];
  assert.equal(again?.recording?.voxprocNumber, 1);
  assert.equal(again?.recording?.recordingSessionId, session.recording.current?.recordingSessionId);
  assert.equal(again?.recording?.originUs, session.recording.current?.originUs);
  await session.recording.current?.flush();
  const hole = (await journalOf(folder)).find(({ type }) => type === 'hole');
  assert.ok(hole?.type === 'hole' && hole.reason === 'voxproc_failed');
  assert.deepEqual(
    [hole.fromSample, hole.toSample],
    [0.4 * 48_000, 0.9 * 48_000],
    'half a second may not have been written yet',
  );
});

test('the fourth crash within a minute ends the session as voxproc_failed, with the recording handed on', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  for (let crash = 0; crash < 3; crash += 1) {
    rig.voxprocs.at(-1)?.kill('SIGKILL');
    await rig.until('a respawn', () => rig.discord.said('gap_voxproc').length === crash + 1);
  }
  assert.equal(rig.voxprocs.length, 4);
  rig.voxprocs.at(-1)?.kill('SIGKILL');
  await rig.drive(session.ended, 10);
  assert.equal(rig.voxprocs.length, 4);
  assert.deepEqual(endsTold(rig), ['voxproc_failed']);
  assert.equal(rig.muxJobs.length, 1);
});

test('crashes further apart are all survived', async () => {
  await using rig = await SessionRig.start({ settings: { maxRecordingHours: 0 } });
  const { session } = await startSession(rig);
  for (let crash = 0; crash < 6; crash += 1) {
    rig.voxprocs.at(-1)?.kill('SIGKILL');
    await rig.until('a respawn', () => rig.discord.said('gap_voxproc').length === crash + 1);
    await rig.clock.run(21_000, 1000);
  }
  assert.ok(session.isLive);
});

test('a leave while a voxproc is being replaced ends everything, and the late child too', async () => {
  const late = Promise.withResolvers<void>();
  await using rig = await SessionRig.start({ scripts: [{}, { hello: late.promise }] });
  const { session } = await startSession(rig);
  rig.voxprocs[0]?.kill('SIGKILL');
  await rig.until('the respawn began', () => rig.voxprocs.length === 2);
  rig.coordinator.requestEnd(session, 'requested');
  await rig.drive(session.ended, 10);
  late.resolve();
  await rig.until('no child is left', () => rig.pool.alive === 0, 10);
  assert.equal(rig.registry.size, 0);
});

test('a voxproc that does not leave in order is killed and the recording ends where it was', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({
    scripts: [{ goesWhenAsked: false, on: { 'session.leave': () => never, shutdown: () => never } }],
  });
  const { session } = await startSession(rig);
  rig.clock.advance(3000);
  rig.coordinator.requestEnd(session, 'requested');
  await rig.drive(session.ended, 500);
  assert.deepEqual(rig.voxprocs[0]?.signals, ['SIGTERM', 'SIGKILL']);
  assert.equal(rig.muxJobs.length, 1);
  assert.equal(rig.discord.posted.at(-1)?.channelId, textA);
});

for (const { name, script, left } of [
  { name: 'a voxproc that goes in order leaves the channel itself', script: {}, left: 0 },
  {
    name: 'a voxproc that had to be killed is taken out of the channel by the supervisor',
    script: { goesWhenAsked: false },
    left: 1,
  },
]) {
  test(name, async () => {
    await using rig = await SessionRig.start({ scripts: [script] });
    const { session } = await startSession(rig);
    rig.discord.shownIn.set(guildA, voiceA);
    rig.coordinator.requestEnd(session, 'requested');
    await rig.drive(session.ended, 250);
    assert.equal(rig.discord.leftVoice.length, left);
  });
}

for (const { name, stop } of [
  { name: 'does not end the recording', stop: () => new Promise<never>(() => undefined) },
  {
    name: 'says that its disk does not answer',
    stop: () => Promise.reject(new ProtocolError('folder_unwritable', 'recording.stop: the disk does not answer')),
  },
]) {
  test(`a voxproc that ${name} is gone before the mixer gets the files, and the rest is a hole`, async () => {
    const never = new Promise<never>(() => undefined);
    await using rig = await SessionRig.start({
      scripts: [{ goesWhenAsked: false, on: { 'recording.stop': stop, shutdown: () => never } }],
    });
    const { session, folder } = await startSession(rig);
    rig.coordinator.requestEnd(session, 'requested');
    await rig.until('the mixer gets it', () => rig.muxJobs.length === 1, 250);
    assert.ok(rig.voxprocs[0]?.isGone);
    await rig.drive(session.ended, 250);
    const hole = (await journalOf(folder)).find(({ type }) => type === 'hole');
    assert.equal(hole?.type === 'hole' && hole.reason, 'voxproc_failed');
  });
}

test('at a shutdown a voxproc that answers nothing is killed in time, with the recording handed on', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({
    scripts: [{ goesWhenAsked: false, on: { 'recording.stop': () => never, shutdown: () => never } }],
  });
  await startSession(rig);
  const before = rig.clock.now();
  const down = rig.coordinator.shutdown();
  await rig.until('it is killed', () => rig.voxprocs[0]?.isGone === true, 100);
  assert.ok(rig.clock.now() - before <= 6500, `${rig.clock.now() - before} ms`);
  await rig.drive(down, 100);
  assert.equal(rig.muxJobs.length, 1);
});

test('in a switch a voxproc that does not end the recording is replaced before the mixer gets the files', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({ scripts: [{ on: { 'recording.stop': () => never } }, {}] });
  const { session } = await startSession(rig);
  const first = session.recording.current?.recordingSessionId;
  let goneFirst = false;
  const push = rig.muxJobs.push.bind(rig.muxJobs);
  rig.muxJobs.push = (...jobs) => {
    goneFirst = rig.voxprocs[0]?.isGone === true;
    return push(...jobs);
  };
  rig.discord.put(alice, voiceA2);
  const switching = rig.join();
  await rig.until('the mixer gets it', () => rig.muxJobs.length === 1, 250);
  assert.ok(goneFirst);
  assert.equal((await switching).kind, 'switched');
  assert.equal(rig.voxprocs[1]?.all('session.join')[0]?.recording, undefined);
  assert.equal(session.channelId, voiceA2);
  assert.notEqual(session.recording.current?.recordingSessionId, first);
});
