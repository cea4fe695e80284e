import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SessionEndReason, sessionEndReasons } from '../notify/session-end-reason.ts';
import { aliveIntervalMs } from '../recordings/recording-run.ts';
import { endsTold, journalOf, nothingLeft, SessionRig, startSession } from '../testing/index.ts';

for (const reason of Object.keys(sessionEndReasons) as SessionEndReason[]) {
  test(`ended as ${reason}, a session is closed to the last part: files first, then everybody is told the same`, async () => {
    await using rig = await SessionRig.start({ settings: { verbosity: 'all' } });
    const { session, folder } = await startSession(rig);
    const recordingSessionId = session.recording.current?.recordingSessionId;
    rig.clock.advance(90_000);
    rig.coordinator.requestEnd(session, reason);
    rig.coordinator.requestEnd(session, 'shutdown');
    await rig.drive(session.ended, 100);
    await rig.drive(rig.background.settled(), 100);

    const last = (await journalOf(folder)).at(-1);
    assert.ok(last?.type === 'recording_ended' && last.reason === reason);
    assert.deepEqual(
      rig.muxJobs.map((job) => job.recordingSessionId),
      [recordingSessionId],
    );
    assert.deepEqual(endsTold(rig), [reason]);
    const row = await rig.drive(rig.services.store.sessions.get(session.sessionId));
    assert.equal(row?.endReason, reason);
    const [logged] = rig.log.filter(({ msg }) => msg === 'session ended');
    assert.equal(logged?.reason, reason);
    assert.ok(Number(logged?.durationMs) >= 90_000);
    rig.services.lastSessions[Symbol.dispose]();
    assert.deepEqual(await rig.leftovers(), { ...nothingLeft, recordings: 1 });
  });
}

test('the clock of the machine set back an hour in mid-session moves no sample, no warning and no end', async () => {
  await using rig = await SessionRig.start({ settings: { maxRecordingHours: 1, verbosity: 'all' } });
  const { session, folder } = await startSession(rig);
  const run = session.recording.current;
  assert.ok(run);
  await rig.clock.run(600_000, 5000);
  const before = run.nowSample();
  const now = rig.clock.now.bind(rig.clock);
  rig.clock.now = () => now() - 3_600_000;
  assert.equal(run.nowSample(), before);
  await rig.clock.run(2_890_000, 5000);
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.said('max_duration_near').length, 1, 'two minutes before the hour');
  await rig.clock.run(105_000, 1000);
  await rig.drive(session.ended, 10);
  const [logged] = rig.log.filter(({ msg }) => msg === 'session ended');
  assert.equal(logged?.reason, 'max_duration');
  assert.ok(Math.abs(Number(logged?.durationMs) - 3_600_000) < 15_000, `${logged?.durationMs} ms`);
  const alive = (await journalOf(folder)).filter(({ type }) => type === 'alive').map(({ sample }) => sample);
  assert.ok(alive.length >= 890);
  assert.deepEqual(
    alive.slice(1).filter((sample, at) => sample - (alive[at] ?? 0) !== (aliveIntervalMs / 1000) * 48_000),
    [],
    'every four seconds of the sample clock, also where the wall clock went back',
  );
});
