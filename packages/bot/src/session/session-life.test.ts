import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type JournalLine, recordingLayout } from '@parley/mux';
import { settle } from '@parley/protocol/testing';
import { alice, bob, guildA, musicBot, SessionRig, textA, voiceA, voiceA2 } from '../testing/index.ts';
import type { Session } from './session.ts';

const start = async (rig: SessionRig): Promise<{ session: Session; folder: string }> => {
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
  return { session: outcome.session, folder: outcome.session.recording.current?.folder ?? '' };
};

const journal = async (folder: string): Promise<JournalLine[]> =>
  (await readFile(recordingLayout(folder).supervisorJournal, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalLine);

const endOf = (rig: SessionRig) =>
  rig.discord.said('session_ended').map(({ details }) => (details as { reason: string }).reason);

test('a voxproc that dies is replaced in the same recording, with the gap as a hole', async () => {
  await using rig = await SessionRig.start();
  const { session, folder } = await start(rig);
  rig.clock.advance(900);
  rig.voxprocs[0]?.kill('SIGKILL');
  await rig.until('the second child is in the channel', () => rig.discord.said('gap_voxproc').length === 1);
  assert.ok(session.voxproc.isLive);
  const [again] = rig.voxprocs[1]?.all('session.join') ?? [];
  assert.equal(again?.recording?.voxprocNumber, 1);
  assert.equal(again?.recording?.recordingSessionId, session.recording.current?.recordingSessionId);
  assert.equal(again?.recording?.originUs, session.recording.current?.originUs);
  await session.recording.current?.flush();
  const hole = (await journal(folder)).find(({ type }) => type === 'hole');
  assert.ok(hole?.type === 'hole' && hole.reason === 'voxproc_failed');
  assert.deepEqual(
    [hole.fromSample, hole.toSample],
    [0.4 * 48_000, 0.9 * 48_000],
    'half a second may not have been written yet',
  );
});

test('the fourth crash within a minute ends the session as voxproc_failed, with the recording handed on', async () => {
  await using rig = await SessionRig.start();
  const { session } = await start(rig);
  for (let crash = 0; crash < 3; crash += 1) {
    rig.voxprocs.at(-1)?.kill('SIGKILL');
    await rig.until('a respawn', () => rig.discord.said('gap_voxproc').length === crash + 1);
  }
  assert.equal(rig.voxprocs.length, 4);
  rig.voxprocs.at(-1)?.kill('SIGKILL');
  await rig.drive(session.ended, 10);
  assert.equal(rig.voxprocs.length, 4);
  assert.deepEqual(endOf(rig), ['voxproc_failed']);
  assert.equal(rig.muxJobs.length, 1);
});

test('crashes further apart are all survived', async () => {
  await using rig = await SessionRig.start({ settings: { maxRecordingHours: 0 } });
  const { session } = await start(rig);
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
  const { session } = await start(rig);
  rig.voxprocs[0]?.kill('SIGKILL');
  await rig.until('the respawn began', () => rig.voxprocs.length === 2);
  rig.coordinator.requestEnd(session, 'requested');
  await rig.drive(session.ended, 10);
  late.resolve();
  await rig.until('no child is left', () => rig.pool.alive === 0, 10);
  assert.equal(rig.registry.size, 0);
});

test('an opt-out is confirmed only after voxproc answered, and takes effect in the roster and the journal', async () => {
  const answer = Promise.withResolvers<{ closedSegmentId: string | null; discarded: number }>();
  await using rig = await SessionRig.start({ scripts: [{ on: { 'recording.exclude': () => answer.promise } }] });
  const { folder } = await start(rig);
  let confirmed = false;
  const opted = rig.consents.optOut({ guildId: guildA, userId: alice, scope: 'guild' }).then((result) => {
    confirmed = true;
    return result;
  });
  await rig.until('voxproc was asked', () => rig.voxprocs[0]?.all('recording.exclude').length === 1);
  for (let turn = 0; turn < 30; turn += 1) await settle();
  assert.equal(confirmed, false);
  answer.resolve({ closedSegmentId: null, discarded: 3 });
  assert.deepEqual(await rig.drive(opted), { live: true });
  assert.ok((await journal(folder)).some((line) => line.type === 'consent' && line.state === 'opted_out'));
  await rig.until('the roster says so', () =>
    Boolean(
      rig.voxprocs[0]?.heard.some(
        ({ name, params }) => name === 'roster.changed' && (params as { optedOut: boolean }).optedOut,
      ),
    ),
  );
});

test('a voxproc that does not answer an opt-out is replaced by one that never records the person', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({ scripts: [{ on: { 'recording.exclude': () => never } }, {}] });
  await start(rig);
  const opted = rig.consents.optOut({ guildId: guildA, userId: alice, scope: 'guild' });
  assert.deepEqual(await rig.drive(opted, 250), { live: true });
  assert.equal(rig.voxprocs.length, 2);
  assert.deepEqual(rig.voxprocs[0]?.signals, ['SIGKILL']);
  assert.ok(rig.voxprocs[1]?.all('session.join')[0]?.excluded.includes(alice));
});

test('an opt-out while voxproc is away is confirmed by the child that comes back', async () => {
  await using rig = await SessionRig.start();
  await start(rig);
  rig.voxprocs[0]?.kill('SIGKILL');
  assert.deepEqual(await rig.drive(rig.consents.optOut({ guildId: guildA, userId: bob, scope: 'everywhere' })), {
    live: true,
  });
  const [join] = rig.voxprocs[1]?.all('session.join') ?? [];
  const asked = rig.voxprocs[1]?.all('recording.exclude').map(({ userId }) => userId);
  assert.ok(join?.excluded.includes(bob) || asked?.includes(bob));
});

test('who opted out earlier is excluded from the first packet on, and who opts in is recorded again', async () => {
  await using rig = await SessionRig.start();
  await rig.drive(rig.consents.optOut({ guildId: guildA, userId: bob, scope: 'guild' }));
  rig.discord.put(bob, voiceA);
  const { session } = await start(rig);
  assert.deepEqual(rig.voxprocs[0]?.all('session.join')[0]?.excluded, [bob]);
  assert.deepEqual(session.people.recorded, { yes: [alice], no: [bob] });
  await rig.drive(rig.consents.optIn({ guildId: guildA, userId: bob, scope: 'guild' }));
  assert.deepEqual(rig.voxprocs[0]?.all('recording.include'), [{ userId: bob }]);
  assert.deepEqual(session.people.recorded, { yes: [bob, alice], no: [] });
});

test('while consents cannot be read nobody is recorded, it is said, and they are tried again', async () => {
  let readable = false;
  await using rig = await SessionRig.start({
    store: (store) => ({
      ...store,
      consents: {
        ...store.consents,
        optedOut: (guildId) => (readable ? store.consents.optedOut(guildId) : Promise.reject(new Error('disk'))),
      },
    }),
  });
  const { session } = await start(rig);
  assert.deepEqual(rig.voxprocs[0]?.all('session.join')[0]?.excluded, [alice]);
  assert.equal(rig.discord.said('consents_unreadable').length, 1);
  readable = true;
  await rig.clock.run(16_000, 1000);
  await rig.until('she is recorded', () => rig.voxprocs[0]?.all('recording.include').length === 1);
  assert.deepEqual(session.people.recorded.yes, [alice]);
});

test('each late joiner gets the notice once; bots get none', async () => {
  await using rig = await SessionRig.start();
  const { session, folder } = await start(rig);
  session.voiceState(rig.discord.put(bob, voiceA), voiceA);
  session.voiceState(rig.discord.put(musicBot, voiceA), voiceA);
  session.voiceState(rig.discord.put(bob, voiceA, { muted: true }), voiceA);
  session.voiceState(rig.discord.put(bob, null), null);
  rig.clock.advance(1000);
  session.voiceState(rig.discord.put(bob, voiceA), voiceA);
  rig.clock.advance(5000);
  await rig.drive(rig.background.settled());
  await session.recording.current?.flush();
  assert.deepEqual(
    rig.discord.said('late_joiner_notice').map(({ details }) => (details as { userId: string }).userId),
    [bob],
  );
  const events = (await journal(folder)).flatMap((line) =>
    line.type === 'participant' ? [`${line.event} ${line.userId}`] : [],
  );
  assert.deepEqual(events, [`present ${alice}`, `joined ${bob}`, `joined ${musicBot}`]);
});

test('somebody whose member is not known is looked up before they are told anything', async () => {
  await using rig = await SessionRig.start();
  const { session } = await start(rig);
  session.voiceState(rig.discord.put(musicBot, voiceA, { bot: null }), voiceA);
  await rig.drive(rig.background.settled());
  assert.equal(session.people.membership.get(musicBot)?.bot, true);
  assert.equal(rig.discord.said('late_joiner_notice').length, 0);
});

test('alone for a minute ends the session; a bot is no company, a human who comes back in time is', async () => {
  await using rig = await SessionRig.start();
  const { session } = await start(rig);
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
  const { session } = await start(rig);
  await rig.clock.run(3_590_000, 5000);
  assert.ok(session.isLive);
  assert.equal(rig.discord.said('nobody_heard').length, 1);
  await rig.clock.run(11_000, 1000);
  await rig.drive(session.ended, 10);
  assert.deepEqual(endOf(rig), ['max_duration']);
});

test('people are warned two minutes and 45 seconds before the longest duration', async () => {
  await using rig = await SessionRig.start({ settings: { maxRecordingHours: 1, verbosity: 'all' } });
  await start(rig);
  const near = async (ms: number) => {
    await rig.clock.run(ms, 1000);
    await rig.drive(rig.background.settled());
    return rig.discord.said('max_duration_near').map(({ details }) => (details as { remainingMs: number }).remainingMs);
  };
  assert.deepEqual(await near(3_470_000), []);
  assert.deepEqual(await near(15_000), [120_000]);
  assert.deepEqual(await near(80_000), [120_000, 45_000]);
});

for (const { name, deleted, reason } of [
  { name: 'a kick', deleted: false, reason: 'kicked' },
  { name: 'a deleted channel', deleted: true, reason: 'channel_deleted' },
] as const) {
  test(`${name} is told apart and ends with a finished recording`, async () => {
    await using rig = await SessionRig.start();
    const { session } = await start(rig);
    if (deleted) rig.discord.channels.delete(voiceA);
    rig.voxprocs[0]?.tell('connection.state', { state: 'ended', reason: 'removed', code: 4014 });
    await rig.drive(session.ended, 100);
    assert.deepEqual(endOf(rig), [reason]);
    assert.equal(rig.muxJobs.length, 1);
  });
}

test('who asks Parley back right after a kick gets it back', async () => {
  await using rig = await SessionRig.start();
  const { session } = await start(rig);
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
  const { session } = await start(rig);
  rig.voxprocs[0]?.tell('connection.state', { state: 'ended', reason: 'unreachable' });
  await rig.drive(session.ended, 10);
  assert.deepEqual(endOf(rig), ['connection_lost']);
});

test('moved by a moderator, Parley follows into a channel it may record', async () => {
  await using rig = await SessionRig.start();
  const { session } = await start(rig);
  const first = session.recording.current?.recordingSessionId;
  rig.voxprocs[0]?.tell('connection.state', { state: 'moved', channelId: voiceA2 });
  await rig.until('it records there', () => session.channelId === voiceA2 && session.recording.current !== null);
  await rig.drive(rig.background.settled());
  assert.notEqual(session.recording.current?.recordingSessionId, first);
  assert.equal(rig.discord.said('recording_notice').length, 2);
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
  const { session } = await start(rig);
  rig.discord.shownIn.set(guildA, voiceA2);
  rig.voxprocs[0]?.tell('connection.state', { state: 'moved', channelId: voiceA2 });
  await rig.until('it is back', () => rig.discord.shownIn.get(guildA) === voiceA);
  await rig.drive(rig.background.settled());
  assert.ok(session.isLive);
  assert.equal(session.recording.current?.identity.channelId, voiceA);
  assert.deepEqual(endOf(rig), []);
});

test('moved to a channel that is not allowed, Parley goes', async () => {
  await using rig = await SessionRig.start({ settings: { allowedChannelIds: [voiceA] } });
  const { session } = await start(rig);
  rig.voxprocs[0]?.tell('connection.state', { state: 'moved', channelId: voiceA2 });
  await rig.drive(session.ended, 10);
  assert.deepEqual(endOf(rig), ['moved_to_disallowed']);
});

for (const { name, reason } of [
  { name: 'a full disk', reason: 'disk_full' },
  { name: 'a folder that cannot be written any more', reason: 'folder_unwritable' },
] as const) {
  test(`${name} ends recording and session for what it is, and everything written goes to the mixer`, async () => {
    await using rig = await SessionRig.start();
    const { session } = await start(rig);
    const { recordingSessionId = '' } = session.recording.current ?? {};
    const none = { segments: 0, received: 0, written: 0, dropped: {}, lost: 0, unattributed: 0, speakers: 0 };
    rig.voxprocs[0]?.tell('recording.ended', { reason, summary: { recordingSessionId, endSample: 96_000, ...none } });
    await rig.drive(session.ended, 10);
    assert.deepEqual(endOf(rig), [reason]);
    assert.deepEqual(
      rig.muxJobs.map((job) => job.recordingSessionId),
      [recordingSessionId],
    );
  });
}

test('a server-deafened bot says so once, and how long it lasted', async () => {
  await using rig = await SessionRig.start();
  const { session } = await start(rig);
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

test('a stranger cannot send Parley away; somebody in the channel can', async () => {
  await using rig = await SessionRig.start();
  const { session } = await start(rig);
  rig.discord.managers.delete(bob);
  assert.deepEqual(await rig.drive(rig.coordinator.leave(guildA, bob, 'text')), {
    kind: 'not_permitted',
    startedBy: alice,
  });
  rig.discord.put(bob, voiceA);
  assert.equal((await rig.drive(rig.coordinator.leave(guildA, bob, 'text'))).kind, 'leaving');
  await rig.drive(session.ended, 10);
});

test('a voxproc that does not leave in order is killed and the recording ends where it was', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({
    scripts: [{ goesWhenAsked: false, on: { 'session.leave': () => never, shutdown: () => never } }],
  });
  const { session } = await start(rig);
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
    const { session } = await start(rig);
    rig.discord.shownIn.set(guildA, voiceA);
    rig.coordinator.requestEnd(session, 'requested');
    await rig.drive(session.ended, 250);
    assert.equal(rig.discord.leftVoice.length, left);
  });
}

test('a voxproc that does not end the recording is gone before the mixer gets the files, and the rest is a hole', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({
    scripts: [{ goesWhenAsked: false, on: { 'recording.stop': () => never, shutdown: () => never } }],
  });
  const { session, folder } = await start(rig);
  rig.coordinator.requestEnd(session, 'requested');
  await rig.until('the mixer gets it', () => rig.muxJobs.length === 1, 250);
  assert.ok(rig.voxprocs[0]?.isGone);
  await rig.drive(session.ended, 250);
  const hole = (await journal(folder)).find(({ type }) => type === 'hole');
  assert.equal(hole?.type === 'hole' && hole.reason, 'voxproc_failed');
});

test('at a shutdown a voxproc that answers nothing is killed in time, with the recording handed on', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({
    scripts: [{ goesWhenAsked: false, on: { 'recording.stop': () => never, shutdown: () => never } }],
  });
  await start(rig);
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
  const { session } = await start(rig);
  const first = session.recording.current?.recordingSessionId;
  let goneFirst = false;
  rig.discord.put(alice, voiceA2);
  const switching = rig.join();
  await rig.until(
    'the mixer gets it',
    () => {
      goneFirst ||= rig.voxprocs[0]?.isGone === true && rig.muxJobs.length === 0;
      return rig.muxJobs.length === 1;
    },
    250,
  );
  assert.ok(goneFirst);
  assert.equal((await switching).kind, 'switched');
  assert.equal(rig.voxprocs[1]?.all('session.join')[0]?.recording, undefined);
  assert.equal(session.channelId, voiceA2);
  assert.notEqual(session.recording.current?.recordingSessionId, first);
});
