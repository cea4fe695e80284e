import assert from 'node:assert/strict';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type JournalLine, recordingFolder, recordingLayout } from '@parley/mux';
import { recordingStatus } from '../discord/recording-indicator.ts';
import { alice, bob, guildA, SessionRig, textA, voiceA } from '../testing/index.ts';
import { RecordingRun } from './recording-run.ts';
import { recover } from './recovery.ts';
import { readSessionFile } from './session-files.ts';

const sessionId = '00000000-0000-4000-8000-00000000aaaa';

/** A recording as a killed supervisor leaves it, `agoMs` old, with alice in it. */
const leftRunning = async (
  rig: SessionRig,
  { agoMs = 5000, bootId = 'boot-1', quietMs = 0, setClockMs = 0, orphaned = true, paused = false } = {},
) => {
  const { clock } = rig;
  const { logger, store } = rig.services;
  const run = await RecordingRun.start(
    {
      recordingsDir: rig.services.settings.recordingsDir,
      bootId,
      silenceMs: 1000,
      durable: false,
      minFreeBytes: 0,
      clock,
      logger,
    },
    { sessionId, guildId: guildA, channelId: voiceA, channelName: 'Table', requestedByUserId: alice },
  );
  clock.advance(10_000);
  run.note({ type: 'participant', event: 'present', userId: alice, username: 'a', displayName: 'A', bot: false });
  if (paused) run.setPaused(true);
  await clock.run(quietMs, 1000);
  await run.flush();
  await run[Symbol.asyncDispose]();
  const at = (clock.now() + setClockMs) / 1000;
  const layout = recordingLayout(run.folder);
  const left = {
    v: 1,
    at: clock.now(),
    sample: 480_000 + quietMs * 48,
    type: 'voxproc_left',
    n: 0,
    reason: 'orphaned',
  };
  await writeFile(layout.voxprocJournal(0), orphaned ? `${JSON.stringify(left)}\n` : '');
  for (const file of [layout.supervisorJournal, layout.voxprocJournal(0)]) await utimes(file, at, at);
  store.recordings.started({
    recordingSessionId: run.recordingSessionId,
    sessionId,
    guildId: guildA,
    channelId: voiceA,
    channelName: 'Table',
    textChannelId: textA,
    requestedByUserId: alice,
    folder: run.folder,
    bootId,
    originUs: run.originUs,
    startTime: run.identity.startTime,
    endTime: null,
    durationMs: null,
    status: 'recording',
    outputFile: null,
    continues: null,
    voxprocs: 1,
    error: null,
  });
  await rig.drive(store.flush());
  clock.advance(agoMs);
  return run;
};

const lines = async (folder: string): Promise<JournalLine[]> =>
  (await readFile(recordingLayout(folder).supervisorJournal, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const goOn = async (rig: SessionRig) => {
  await rig.drive(recover({ services: rig.services, coordinator: rig.coordinator }));
  await rig.drive(rig.background.settled());
};

test('within ten minutes and with people there, the same recording goes on, with the outage as a hole, and it is said', async () => {
  await using rig = await SessionRig.start();
  rig.discord.put(alice, voiceA);
  const run = await leftRunning(rig);
  await goOn(rig);
  const session = rig.registry.of(guildA);
  assert.equal(session?.sessionId, sessionId);
  assert.equal(session.recording.current?.recordingSessionId, run.recordingSessionId);
  const [join] = rig.voxprocs[0]?.all('session.join') ?? [];
  assert.equal(join?.recording?.voxprocNumber, 1);
  assert.equal(join?.recording?.originUs, run.originUs);
  await session.recording.current?.flush();
  const hole = (await lines(run.folder)).find(({ type }) => type === 'hole');
  assert.ok(hole?.type === 'hole');
  assert.deepEqual([hole.fromSample, hole.toSample, hole.reason], [480_000, 720_000, 'supervisor_down']);
  assert.equal(rig.discord.said('resumed_after_restart').length, 1);
  assert.equal(rig.discord.said('recording_notice').length, 0);
  assert.equal(rig.muxJobs.length, 0);
});

for (const { name, settings } of [
  { name: 'voice is switched off', settings: { voiceEnabled: false } },
  { name: 'the channel is on the block list', settings: { blockedChannelIds: [voiceA] } },
]) {
  test(`where ${name} by now, what was left running is finished and nobody is joined`, async () => {
    await using rig = await SessionRig.start({ settings });
    rig.discord.put(alice, voiceA);
    const run = await leftRunning(rig);
    await goOn(rig);
    assert.equal(rig.registry.of(guildA), null);
    assert.deepEqual(
      rig.muxJobs.map(({ recordingSessionId }) => recordingSessionId),
      [run.recordingSessionId],
    );
  });
}

test('a recording that was paused goes on paused', async () => {
  await using rig = await SessionRig.start();
  rig.discord.put(alice, voiceA);
  await leftRunning(rig, { paused: true });
  await goOn(rig);
  const session = rig.registry.of(guildA);
  assert.equal(rig.voxprocs[0]?.all('session.join')[0]?.recording?.paused, true);
  assert.equal(session?.recording.current?.isPaused, true);
  assert.deepEqual(session?.state, { phase: 'live', mode: 'paused' });
});

test('after a rejoin everybody is told whatever the verbosity, and who came meanwhile gets the notice', async () => {
  await using rig = await SessionRig.start({ settings: { verbosity: 'none' } });
  rig.discord.put(alice, voiceA);
  rig.discord.put(bob, voiceA);
  await leftRunning(rig);
  await goOn(rig);
  assert.equal(rig.discord.said('resumed_after_restart').length, 1);
  assert.deepEqual(
    rig.discord.said('late_joiner_notice').map(({ details }) => (details as { userId: string }).userId),
    [bob],
  );
});

test('where only the channel’s status can say it, a rejoined recording goes on when it stands there', async () => {
  const stoodAt: (string | undefined)[] = [];
  await using rig = await SessionRig.start({
    scripts: [
      {
        on: {
          'session.join': ({ target }) => {
            rig.discord.shownIn.set(guildA, target.channelId);
            return {
              channelId: target.channelId,
              encryptionMode: 'aead_aes256_gcm_rtpsize',
              daveVersion: 1,
              timings: { serverMs: 1, readyMs: 2 },
            };
          },
          'recording.start': () => {
            stoodAt.push(rig.discord.statuses.get(voiceA));
            return { sample: 10 };
          },
        },
      },
    ],
  });
  rig.discord.permissions = { ...rig.discord.permissions, changeNickname: false, setVoiceStatus: true };
  rig.discord.put(alice, voiceA);
  const run = await leftRunning(rig);
  await goOn(rig);
  const [join] = rig.voxprocs[0]?.all('session.join') ?? [];
  const [started] = rig.voxprocs[0]?.all('recording.start') ?? [];
  assert.equal(join?.recording, undefined);
  assert.equal(started?.recording.recordingSessionId, run.recordingSessionId);
  assert.equal(started?.recording.voxprocNumber, 1);
  assert.deepEqual(stoodAt, [recordingStatus]);
});

test('when everybody left it is finished and goes to the mixer, told where it was told before', async () => {
  await using rig = await SessionRig.start();
  const run = await leftRunning(rig);
  await goOn(rig);
  assert.equal(rig.registry.size, 0);
  assert.equal((await readSessionFile(run.folder))?.status, 'muxing');
  assert.equal((await readSessionFile(run.folder))?.durationMs, 10_000);
  assert.deepEqual(
    rig.muxJobs.map(({ folder, textChannelId }) => [folder, textChannelId]),
    [[run.folder, textA]],
  );
});

test('one that ended on a full disk is finished where the database says, with people there or not', async () => {
  await using rig = await SessionRig.start();
  rig.discord.put(alice, voiceA);
  const run = await leftRunning(rig);
  rig.services.store.recordings.updated(run.recordingSessionId, { status: 'muxing', durationMs: 12_000 });
  await rig.drive(rig.services.store.flush());
  await goOn(rig);
  assert.equal(rig.registry.size, 0);
  assert.deepEqual((await readSessionFile(run.folder))?.durationMs, 12_000);
  assert.equal(rig.muxJobs.length, 1);
});

test('people who were not in it are no reason to go on', async () => {
  await using rig = await SessionRig.start();
  rig.discord.put(bob, voiceA);
  await leftRunning(rig);
  await goOn(rig);
  assert.equal(rig.registry.size, 0);
  assert.equal(rig.muxJobs.length, 1);
});

for (const { name, left } of [
  { name: 'too late', left: { agoMs: 11 * 60_000 } },
  { name: 'after a reboot', left: { bootId: 'boot-0' } },
]) {
  test(`${name} the old recording is finished and a new one names it, with a notice of its own`, async () => {
    await using rig = await SessionRig.start();
    rig.discord.put(alice, voiceA);
    const run = await leftRunning(rig, left);
    await goOn(rig);
    const session = rig.registry.of(guildA);
    assert.equal(session?.recording.current?.identity.continues, run.recordingSessionId);
    assert.equal(rig.discord.said('recording_notice').length, 1);
    assert.equal(rig.discord.said('continued_after_restart').length, 1);
    assert.deepEqual(
      rig.muxJobs.map(({ recordingSessionId }) => recordingSessionId),
      [run.recordingSessionId],
    );
  });
}

test('half an hour in which nothing happened before everything was killed is no hole', async () => {
  await using rig = await SessionRig.start();
  rig.discord.put(alice, voiceA);
  const run = await leftRunning(rig, { quietMs: 1_802_000, orphaned: false });
  await goOn(rig);
  await rig.registry.of(guildA)?.recording.current?.flush();
  const hole = (await lines(run.folder)).find(({ type }) => type === 'hole');
  assert.ok(hole?.type === 'hole');
  assert.deepEqual([hole.fromSample / 48_000, hole.toSample / 48_000], [1812, 1817]);
});

for (const { name, setClockMs } of [
  { name: 'back', setClockMs: 3_600_000 },
  { name: 'forth', setClockMs: -3_600_000 },
]) {
  test(`a wall clock that was set ${name} by an hour changes neither the length nor what is done`, async () => {
    await using rig = await SessionRig.start();
    const run = await leftRunning(rig, { quietMs: 1_802_000, setClockMs, orphaned: false });
    await goOn(rig);
    assert.equal((await readSessionFile(run.folder))?.durationMs, 1_812_000);
    rig.discord.put(alice, voiceA);
    const again = await leftRunning(rig, { setClockMs });
    await goOn(rig);
    const current = rig.registry.of(guildA)?.recording.current;
    assert.equal(current?.recordingSessionId, again.recordingSessionId);
  });
}

test('a recording that cannot be rejoined is finished, and with people there another one names it', async () => {
  const no = { on: { 'session.join': () => Promise.reject(new Error('no')) } };
  await using rig = await SessionRig.start({ scripts: [no, {}] });
  rig.discord.put(alice, voiceA);
  const run = await leftRunning(rig);
  await goOn(rig);
  const current = rig.registry.of(guildA)?.recording.current;
  assert.equal(current?.identity.continues, run.recordingSessionId);
  assert.equal(rig.discord.said('continued_after_restart').length, 1);
  assert.equal((await readSessionFile(run.folder))?.status, 'muxing');
  assert.equal(rig.muxJobs.length, 1);
});

test('a recording that cannot be rejoined is finished, and nothing of it is lost', async () => {
  await using rig = await SessionRig.start({
    scripts: [{ on: { 'session.join': () => Promise.reject(new Error('no')) } }],
  });
  rig.discord.put(alice, voiceA);
  const run = await leftRunning(rig);
  await goOn(rig);
  assert.equal(rig.registry.size, 0);
  assert.equal((await readSessionFile(run.folder))?.status, 'muxing');
  assert.equal(rig.muxJobs.length, 1);
});

test('folders that wait for their mix go to the mixer; finished ones and foreign names are left alone', async () => {
  await using rig = await SessionRig.start();
  const waiting = await leftRunning(rig);
  await waiting.finish('requested', 480_000);
  const done = await leftRunning(rig);
  const file = await readSessionFile(done.folder);
  await writeFile(recordingLayout(done.folder).sessionFile, JSON.stringify({ ...file, status: 'completed' }));
  const broken = await leftRunning(rig);
  await writeFile(recordingLayout(broken.folder).sessionFile, '{torn');
  await goOn(rig);
  assert.deepEqual(rig.muxJobs.map(({ folder }) => folder).toSorted(), [waiting.folder, broken.folder].toSorted());
  assert.ok(recordingFolder(rig.services.settings.recordingsDir, waiting.recordingSessionId).startsWith(rig.folder));
});
