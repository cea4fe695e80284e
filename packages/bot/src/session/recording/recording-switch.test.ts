import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolError } from '@parley/protocol';
import { settle } from '@parley/protocol/testing';
import { readJournalFacts } from '../../recordings/read-journal.ts';
import { alice, bob, guildA, SessionRig, voiceA, voiceA2 } from '../../testing/index.ts';
import { pauseRecording, recordingOff, recordingOn, resumeRecording } from './recording-switch.ts';

const never = new AbortController().signal;

const live = async (rig: SessionRig) => {
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
  return outcome.session;
};

test('a pause is told to voxproc once and noted, and so is its end', async () => {
  await using rig = await SessionRig.start();
  const session = await live(rig);
  const folder = session.recording.current?.folder ?? '';
  assert.equal(await rig.drive(pauseRecording(session)), 'done');
  assert.equal(await rig.drive(pauseRecording(session)), 'unchanged');
  assert.deepEqual(session.state, { phase: 'live', mode: 'paused' });
  await session.recording.current?.flush();
  assert.equal((await readJournalFacts(folder))?.paused, true);
  assert.equal(await rig.drive(resumeRecording(session)), 'done');
  assert.equal(await rig.drive(resumeRecording(session)), 'unchanged');
  assert.deepEqual(session.state, { phase: 'live', mode: 'active' });
  await session.recording.current?.flush();
  assert.equal((await readJournalFacts(folder))?.paused, false);
  const asked = rig.voxprocs[0]?.asked.map(({ name }) => name).filter((name) => /pause|resume/.test(name));
  assert.deepEqual(asked, ['recording.pause', 'recording.resume']);
});

test('a voxproc that takes over in a pause begins paused', async () => {
  await using rig = await SessionRig.start();
  const session = await live(rig);
  await rig.drive(pauseRecording(session));
  rig.voxprocs[0]?.kill('SIGKILL');
  await rig.until('the second child', () => rig.discord.said('gap_voxproc').length === 1);
  assert.equal(rig.voxprocs[1]?.all('session.join')[0]?.recording?.paused, true);
  await rig.until('it is told again', () => (rig.voxprocs[1]?.all('recording.pause').length ?? 0) === 1);
});

test('a voxproc that does not answer a pause is replaced by one that begins paused', async () => {
  await using rig = await SessionRig.start({
    scripts: [{ on: { 'recording.pause': () => new Promise(() => undefined) } }, {}],
  });
  const session = await live(rig);
  assert.equal(await rig.drive(pauseRecording(session), 500), 'done');
  await rig.until('the second child', () => rig.discord.said('gap_voxproc').length === 1, 10);
  assert.equal(rig.voxprocs[1]?.all('session.join')[0]?.recording?.paused, true);
});

test('a recording that cannot be resumed stays paused', async () => {
  await using rig = await SessionRig.start({
    scripts: [
      {
        on: {
          'recording.resume': () => {
            throw new ProtocolError('internal', 'no');
          },
        },
      },
    ],
  });
  const session = await live(rig);
  await rig.drive(pauseRecording(session));
  await assert.rejects(rig.drive(resumeRecording(session)));
  assert.equal(session.recording.current?.isPaused, true);
  assert.deepEqual(session.state, { phase: 'live', mode: 'paused' });
});

test('switched off, the recording is handed on and nothing shows it; switched on, another begins with its notice', async () => {
  await using rig = await SessionRig.start();
  const session = await live(rig);
  const first = session.recording.current?.recordingSessionId;
  assert.equal(await rig.drive(recordingOn(session, rig.services, never)), 'unchanged');
  assert.equal(await rig.drive(recordingOff(session, rig.services)), 'done');
  assert.equal(await rig.drive(recordingOff(session, rig.services)), 'unchanged');
  assert.equal(await rig.drive(pauseRecording(session)), 'not_recording');
  assert.equal(rig.muxJobs.length, 1);
  assert.equal(rig.discord.nicknames.get(guildA), null);
  assert.ok(session.isLive);

  rig.clock.advance(1000);
  assert.equal(await rig.drive(recordingOn(session, rig.services, never)), 'done');
  assert.notEqual(session.recording.current?.recordingSessionId, first);
  assert.equal(rig.discord.said('recording_notice').length, 2);
  assert.match(rig.discord.nicknames.get(guildA) ?? '', /^\[REC\]/);
});

test('where recording is switched off it stays off in another channel, and after a crash', async () => {
  await using rig = await SessionRig.start();
  const session = await live(rig);
  await rig.drive(recordingOff(session, rig.services));
  rig.discord.put(alice, voiceA2);
  const moved = await rig.join();
  assert.equal(moved.kind, 'switched');
  assert.equal(session.recording.current, null);
  assert.equal(rig.discord.nicknames.get(guildA), null);
  rig.voxprocs[0]?.kill('SIGKILL');
  await rig.until('the second child', () => rig.voxprocs.length === 2 && session.voxproc.isLive);
  assert.equal(rig.voxprocs[1]?.all('session.join')[0]?.recording, undefined);
  assert.equal(rig.discord.said('recording_notice').length, 1);
});

test('where recording is switched off nothing is shown of one to a moderator who moves Parley', async () => {
  await using rig = await SessionRig.start();
  const session = await live(rig);
  await rig.drive(recordingOff(session, rig.services));
  rig.voxprocs[0]?.tell('connection.state', { state: 'moved', channelId: voiceA2 });
  await rig.until('it is there', () => session.channelId === voiceA2);
  await rig.drive(rig.background.settled());
  assert.deepEqual(
    rig.discord.said('moved').map(({ details }) => details),
    [{ channelId: voiceA2, recording: false }],
  );
  assert.equal(rig.discord.nicknames.get(guildA), null);
});

test('where recording is switched off, who may not record may still call Parley along, without an indicator', async () => {
  await using rig = await SessionRig.start();
  const session = await live(rig);
  await rig.drive(recordingOff(session, rig.services));
  rig.discord.managers.clear();
  rig.discord.permissions = { ...rig.discord.permissions, changeNickname: false };
  rig.discord.put(alice, voiceA2);
  assert.equal((await rig.join()).kind, 'switched');
});

test('where recording is switched off, a change of the channel that fails leaves it off, with nothing shown or told', async () => {
  let moves = 0;
  await using rig = await SessionRig.start({
    scripts: [
      {
        on: {
          'session.move': ({ channelId }) => {
            moves += 1;
            if (moves === 1) return Promise.reject(new Error('no answer'));
            return { channelId, encryptionMode: 'x', daveVersion: 1, timings: { serverMs: 0, readyMs: 0 } };
          },
        },
      },
    ],
  });
  const session = await live(rig);
  await rig.drive(recordingOff(session, rig.services));
  session.voiceState(rig.discord.put(bob, voiceA), voiceA);
  rig.discord.put(alice, voiceA2);
  assert.equal((await rig.join()).kind, 'refused');
  await rig.drive(rig.background.settled());
  assert.ok(session.isLive);
  assert.equal(session.recording.current, null);
  assert.equal(rig.discord.nicknames.get(guildA), null);
  assert.equal(rig.discord.said('late_joiner_notice').length, 0);
});

test('a notice that cannot be posted leaves the recording off', async () => {
  await using rig = await SessionRig.start();
  const session = await live(rig);
  await rig.drive(recordingOff(session, rig.services));
  rig.discord.failPost = ({ kind }) => (kind === 'recording_notice' ? new Error('Missing Access') : null);
  await assert.rejects(rig.drive(recordingOn(session, rig.services, never)), /Missing Access/);
  assert.equal(session.recording.current, null);
  assert.equal(rig.discord.nicknames.get(guildA), null);
  rig.discord.put(bob, voiceA);
  await settle();
});
