import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { recordingLayout, sessionFileSchema } from '@parley/mux';
import {
  alice,
  bob,
  guildA,
  guildB,
  nothingLeft,
  SessionRig,
  textA,
  voiceA,
  voiceA2,
  voiceB,
} from '../../testing/index.ts';

const joined = async (rig: SessionRig) => {
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  assert.equal(outcome.kind, 'joined', JSON.stringify(outcome));
  return outcome.kind === 'joined' ? outcome.session : assert.fail();
};

test('a join notices the people, then records, and a leave hands the recording to the mixer', async () => {
  await using rig = await SessionRig.start();
  const session = await joined(rig);
  const [child] = rig.voxprocs;
  assert.deepEqual(
    child?.asked.map(({ name }) => name),
    ['session.join', 'sound.play', 'recording.start'],
  );
  assert.equal(rig.discord.posted[0]?.message.kind, 'recording_notice');
  assert.equal(rig.discord.nicknames.get(guildA), '[REC] Parley');
  const folder = session.recording.current?.folder ?? '';
  const file = async () =>
    sessionFileSchema.parse(JSON.parse(await readFile(recordingLayout(folder).sessionFile, 'utf8')));
  assert.equal((await file()).status, 'recording');

  const left = await rig.drive(rig.coordinator.leave(guildA, alice, 'text'));
  assert.deepEqual(left, { kind: 'leaving', channelId: voiceA });
  await rig.drive(session.ended, 10);
  assert.equal((await file()).status, 'muxing');
  assert.equal((await file()).durationMs, 1000);
  assert.deepEqual(
    rig.muxJobs.map(({ folder: muxed }) => muxed),
    [folder],
  );
  assert.equal(rig.discord.said('session_ended').length, 1);
  assert.deepEqual(await rig.leftovers(), { ...nothingLeft, recordings: 1 });
});

test('of two joins at once in one guild one joins and the other finds Parley there', async () => {
  await using rig = await SessionRig.start();
  rig.discord.put(alice, voiceA);
  rig.discord.put(bob, voiceA);
  const outcomes = await Promise.all([rig.join(alice), rig.join(bob)]);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.denial.reason : outcome.kind)),
    ['joined', 'already_in_channel'],
  );
  assert.equal(rig.voxprocs.length, 1);
});

test('of two guilds that race for the last slot one gets it', async () => {
  await using rig = await SessionRig.start({ settings: { maxConcurrentSessions: 1 } });
  rig.discord.put(alice, voiceA);
  rig.discord.put(bob, voiceB);
  const outcomes = await Promise.all([rig.join(alice, guildA), rig.join(bob, guildB)]);
  const reasons = outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.denial.reason : outcome.kind));
  assert.deepEqual(reasons.toSorted(), ['joined', 'max_concurrent_sessions_reached']);
  assert.equal(rig.coordinator.slots.inUse, 1);
});

test('a store that throws inside the rules is a refusal the requester hears', async () => {
  await using rig = await SessionRig.start({
    store: (store) => ({
      ...store,
      actions: { ...store.actions, countSince: () => Promise.reject(new Error('database is locked')) },
    }),
  });
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  assert.deepEqual(outcome.kind === 'refused' && outcome.denial.details, {
    error: 'database is locked',
    phase: 'rules',
  });
  assert.deepEqual(await rig.leftovers(), nothingLeft);
});

test('a child that never boots is a failed join that leaves nothing behind', async () => {
  await using rig = await SessionRig.start({ scripts: [{ hello: false }] });
  rig.discord.put(alice, voiceA);
  const outcome = await rig.drive(
    rig.coordinator.join({ guildId: guildA, textChannelId: textA, userId: alice, via: 'text', intentConfidence: 1 }),
    200,
  );
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'join_failed');
  assert.equal(outcome.kind === 'refused' && 'phase' in outcome.denial.details && outcome.denial.details.phase, 'boot');
  assert.deepEqual(await rig.leftovers(), nothingLeft);
});

test('a child that boots after the join was given up is closed by itself', async () => {
  const late = Promise.withResolvers<void>();
  await using rig = await SessionRig.start({ scripts: [{ hello: late.promise }] });
  rig.discord.put(alice, voiceA);
  rig.discord.failNickname = new Error('no');
  const outcome = await rig.join();
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'no_recording_indicator');
  assert.equal(rig.coordinator.slots.inUse, 0, 'the slot is free although the child still boots');
  assert.equal(rig.pool.alive, 1);
  late.resolve();
  await rig.until('the late child is closed', () => rig.pool.alive === 0, 10);
  assert.deepEqual(await rig.leftovers(), nothingLeft);
});

for (const { name, break: breakIt, phase } of [
  {
    name: 'the voice connection',
    break: { scripts: [{ on: { 'session.join': () => Promise.reject(new Error('boom')) } }] },
    phase: 'connect',
  },
  {
    name: 'the start of the recording',
    break: { scripts: [{ on: { 'recording.start': () => Promise.reject(new Error('boom')) } }] },
    phase: 'recording',
  },
] as const) {
  test(`when ${name} fails, the join says so and nothing is left behind`, async () => {
    await using rig = await SessionRig.start(breakIt);
    rig.discord.put(alice, voiceA);
    const outcome = await rig.join();
    assert.equal(outcome.kind, 'refused');
    assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'join_failed');
    assert.equal(
      outcome.kind === 'refused' && 'phase' in outcome.denial.details && outcome.denial.details.phase,
      phase,
    );
    assert.deepEqual(await rig.leftovers(), nothingLeft);
    assert.equal(rig.log.filter(({ msg }) => msg === 'voice_join_failed').length, 1);
  });
}

test('without a notice nothing is recorded', async () => {
  await using rig = await SessionRig.start();
  rig.discord.put(alice, voiceA);
  rig.discord.failPost = () => new Error('Missing Access');
  const outcome = await rig.join();
  assert.equal(
    outcome.kind === 'refused' && 'phase' in outcome.denial.details && outcome.denial.details.phase,
    'notice',
  );
  assert.equal(rig.voxprocs[0]?.all('recording.start').length, 0);
  assert.deepEqual(await rig.leftovers(), nothingLeft);
});

test('a requester who goes while Parley connects is not followed', async () => {
  const rig = await SessionRig.start({
    scripts: [
      {
        on: {
          'session.join': ({ target }) => {
            rig.discord.put(alice, null);
            return {
              channelId: target.channelId,
              encryptionMode: 'x',
              daveVersion: 0,
              timings: { serverMs: 0, readyMs: 0 },
            };
          },
        },
      },
    ],
  });
  await using _ = rig;
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'requester_not_in_voice');
  assert.deepEqual(await rig.leftovers(), nothingLeft);
});

test('a switch moves in place: one session, two recordings', async () => {
  await using rig = await SessionRig.start();
  const session = await joined(rig);
  const first = session.recording.current?.recordingSessionId;
  rig.clock.advance(5000);
  rig.discord.put(alice, voiceA2);
  const outcome = await rig.join();
  assert.equal(outcome.kind, 'switched');
  assert.equal(session.channelId, voiceA2);
  assert.notEqual(session.recording.current?.recordingSessionId, first);
  assert.deepEqual(
    rig.muxJobs.map(({ recordingSessionId }) => recordingSessionId),
    [first],
  );
  assert.deepEqual(rig.voxprocs[0]?.asked.map(({ name }) => name).slice(3), [
    'recording.stop',
    'session.move',
    'sound.play',
    'recording.start',
  ]);
  assert.equal(rig.voxprocs.length, 1);
  assert.equal(rig.coordinator.slots.inUse, 1);
});

test('a switch that is refused does not touch the session', async () => {
  await using rig = await SessionRig.start();
  const session = await joined(rig);
  rig.discord.put(alice, voiceA2);
  rig.discord.permissions = { ...rig.discord.permissions, connect: false };
  const asked = rig.voxprocs[0]?.asked.length;
  const outcome = await rig.join();
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'missing_voice_permissions');
  assert.equal(session.channelId, voiceA);
  assert.ok(session.isLive);
  assert.equal(rig.voxprocs[0]?.asked.length, asked);
});

test('a switch that fails on the way records the old channel on', async () => {
  await using rig = await SessionRig.start({
    scripts: [{ on: { 'session.move': () => Promise.reject(new Error('no answer')) } }],
  });
  const session = await joined(rig);
  const first = session.recording.current;
  rig.clock.advance(5000);
  rig.discord.put(alice, voiceA2);
  const outcome = await rig.join();
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'join_failed');
  assert.ok(session.isLive);
  assert.equal(session.channelId, voiceA);
  assert.equal(session.recording.current?.identity.continues, first?.recordingSessionId);
  assert.equal(session.recording.current?.identity.channelId, voiceA);
});

test('a switch that fails in the new channel goes back, and the old channel is recorded on', async () => {
  let starts = 0;
  await using rig = await SessionRig.start({
    scripts: [
      {
        on: {
          'recording.start': () => {
            starts += 1;
            return starts === 2 ? Promise.reject(new Error('no')) : { sample: 0 };
          },
        },
      },
    ],
  });
  rig.discord.put(bob, voiceA);
  const session = await joined(rig);
  const first = session.recording.current;
  rig.discord.put(alice, voiceA2);
  const outcome = await rig.join();
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'join_failed');
  await rig.drive(rig.background.settled());
  assert.ok(session.isLive);
  assert.equal(session.channelId, voiceA);
  assert.equal(session.recording.current?.identity.continues, first?.recordingSessionId);
  assert.equal(session.recording.current?.identity.channelId, voiceA);
  assert.deepEqual(
    rig.voxprocs[0]?.all('session.move').map(({ channelId }) => channelId),
    [voiceA2, voiceA],
  );
  assert.deepEqual(session.people.recorded.yes, [bob]);
  assert.equal(rig.discord.said('late_joiner_notice').length, 0);
  assert.equal(rig.discord.said('session_ended').length, 0);
});

test('a channel whose status cannot be set from inside is left again', async () => {
  await using rig = await SessionRig.start();
  rig.discord.permissions = { ...rig.discord.permissions, changeNickname: false, setVoiceStatus: true };
  rig.discord.shownIn.set(guildA, voiceA);
  const session = await joined(rig);
  rig.discord.put(alice, voiceA2);
  const outcome = await rig.join();
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'no_recording_indicator');
  await rig.drive(rig.background.settled());
  assert.ok(session.isLive);
  assert.equal(session.channelId, voiceA);
  assert.equal(session.recording.current?.identity.channelId, voiceA);
});

test('a session that can be recorded neither there nor here ends with a reason of its own', async () => {
  await using rig = await SessionRig.start();
  const session = await joined(rig);
  rig.discord.put(alice, voiceA2);
  rig.discord.failPost = ({ kind }) => {
    if (kind === 'recording_notice') rig.discord.channels.delete(voiceA);
    return kind === 'recording_notice' ? new Error('Missing Access') : null;
  };
  const outcome = await rig.join();
  assert.equal(outcome.kind, 'refused');
  await rig.drive(session.ended, 10);
  assert.deepEqual(
    rig.discord.said('session_ended').map(({ details }) => (details as { reason: string }).reason),
    ['switch_failed'],
  );
});

test('a shutdown gives up a switch under way and finishes what it recorded', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({ scripts: [{ on: { 'session.move': () => never } }] });
  await joined(rig);
  rig.discord.put(alice, voiceA2);
  const switching = rig.join();
  await rig.until('it moves', () => rig.voxprocs[0]?.all('session.move').length === 1);
  await rig.drive(rig.coordinator.shutdown());
  assert.equal((await rig.drive(switching)).kind, 'refused');
  assert.deepEqual(await rig.leftovers(), { ...nothingLeft, recordings: 1 });
  assert.equal(rig.muxJobs.length, 1);
});

test('only who may end the session can take it to another channel', async () => {
  await using rig = await SessionRig.start({ settings: { whoMayRecord: 'everyone' } });
  const session = await joined(rig);
  rig.discord.managers.delete(bob);
  rig.discord.put(bob, voiceA2);
  const outcome = await rig.join(bob);
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'busy_in_other_channel');
  assert.equal(session.channelId, voiceA);
});

test('a shutdown gives up a join under way and ends what lives', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({ scripts: [{}, { on: { 'session.join': () => never } }] });
  await joined(rig);
  rig.discord.put(bob, voiceB);
  const second = rig.coordinator.join({
    guildId: guildB,
    textChannelId: textA,
    userId: bob,
    via: 'text',
    intentConfidence: 1,
  });
  await rig.until('the second joins', () => rig.voxprocs[1]?.all('session.join').length === 1);
  await rig.drive(rig.coordinator.shutdown(), 10);
  const outcome = await rig.drive(second);
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'join_failed');
  assert.deepEqual(await rig.leftovers(), { ...nothingLeft, recordings: 1 });
});

test('a join given up after its recording began leaves no recording behind', async () => {
  let stop = () => undefined as unknown;
  await using rig = await SessionRig.start({
    scripts: [
      {
        on: {
          'recording.start': () => {
            stop();
            return { sample: 0 };
          },
        },
      },
    ],
  });
  let stopped: Promise<void> = Promise.resolve();
  stop = () => {
    stopped = rig.coordinator.shutdown();
  };
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  assert.equal(outcome.kind === 'refused' && outcome.denial.reason, 'join_failed');
  await rig.drive(stopped);
  assert.deepEqual(await rig.leftovers(), nothingLeft);
});
