import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { muxRecording, readMarks, recordingFolder, recordingLayout } from '@parley/mux';
import { RecordingBuilder, tonePackets } from '@parley/mux/testing';
import { alice, bob, guildA, guildB, type SessionRig, voiceA } from '../../testing/index.ts';
import { forever, openRig, second, speak, username } from './testing/eraser-rig.ts';

/** Time passes in steps in which a child can answer its heartbeat. */
const pass = async (rig: SessionRig, ms: number): Promise<void> => {
  const until = rig.clock.now() + ms;
  await rig.until('the time', () => rig.clock.now() >= until, 500);
};

/** A session with Bob and Alice, as if its voxproc had written. */
const live = async (the: Awaited<ReturnType<typeof openRig>>) => {
  const { rig } = the;
  rig.discord.put(alice, voiceA);
  rig.discord.put(bob, voiceA, { username, displayName: username });
  const joined = await rig.join();
  if (joined.kind !== 'joined') assert.fail(JSON.stringify(joined));
  const { session } = joined;
  const run = session.recording.current ?? assert.fail();
  await pass(rig, 10_000);
  // The supervisor's journal is there already: what voxproc writes is put beside it.
  const path = recordingLayout(run.folder);
  const written = readFileSync(path.supervisorJournal, 'utf8');
  speak(run.folder, run.recordingSessionId, run.identity.startTime);
  writeFileSync(path.supervisorJournal, written);
  return { session, run, path };
};

test('from a running recording goes at once what was said, the rest when it has been mixed', async () => {
  await using the = await openRig();
  const { rig, eraser, store } = the;
  const { session, run, path } = await live(the);
  const outcome = await rig.drive(eraser.erase(forever));
  assert.deepEqual(outcome, { recordings: 1, running: 1, messages: 0, error: null });
  assert.deepEqual(rig.voxprocs[0]?.all('recording.exclude'), [{ userId: bob }]);
  assert.ok(!existsSync(path.personSegments(bob)) && existsSync(path.personSegments(alice)));
  assert.deepEqual(
    (await the.traces('sessions')).filter((trace) => !trace.includes('/erase/')),
    [],
  );
  assert.deepEqual(await readMarks(path), [{ userId: bob, upToSample: 10 * second }]);

  // It waits; what comes until the end is erased by the mixer, and then the rows once more.
  await rig.drive(eraser.resume());
  assert.equal((await store.erasures.open())[0]?.attempts, 1);
  session.voiceState(rig.discord.put(bob, null, { username, displayName: username }), null);
  await pass(rig, 5000);
  the.seen(run.recordingSessionId);
  await rig.drive(session.end('requested'), 100);
  assert.ok((await the.traces('supervisor.jsonl')).length > 0);
  await muxRecording(run.folder, { only: 'recover' });
  await rig.drive(eraser.resume());
  assert.deepEqual(await store.erasures.open(), []);
  assert.deepEqual(await the.traces(), []);
});

test('nothing of a running recording is erased before its audio process has confirmed that it writes no more', async () => {
  await using the = await openRig();
  const { rig, eraser } = the;
  const { session, path } = await live(the);
  const exclude = session.people.exclude.bind(session.people);
  Object.assign(session.people, { exclude: () => Promise.reject(new Error('it does not answer')) });
  const outcome = await rig.drive(eraser.erase(forever));
  assert.match(outcome.error ?? '', /recordings: it does not answer/);
  assert.deepEqual([outcome.recordings, existsSync(path.personSegments(bob))], [0, true]);
  Object.assign(session.people, { exclude });
  await rig.drive(eraser.resume());
  assert.deepEqual(rig.voxprocs[0]?.all('recording.exclude'), [{ userId: bob }]);
  assert.equal(existsSync(path.personSegments(bob)), false);
});

test('who agrees to be recorded again keeps what comes after, however often the erasure is taken up', async () => {
  await using the = await openRig();
  const { rig, eraser, store } = the;
  const { session, run, path } = await live(the);
  await rig.drive(eraser.erase({ ...forever, sessionId: session.sessionId }));
  await pass(rig, 5000);
  await rig.drive(session.people.include(bob));
  const later = tonePackets({ frequency: 700, levelDb: -12 }, second);
  const written = readFileSync(path.supervisorJournal, 'utf8');
  const builder = new RecordingBuilder(run.folder, { recordingSessionId: run.recordingSessionId });
  builder.segment({ userId: bob, startSample: 16 * second, packets: later });
  writeFileSync(path.supervisorJournal, written);
  await pass(rig, 10_000);
  await rig.drive(eraser.resume());
  assert.deepEqual(
    (await readMarks(path)).map(({ upToSample }) => upToSample),
    [10 * second],
  );
  await rig.drive(session.end('requested'), 100);
  await muxRecording(run.folder, { only: 'recover' });
  await rig.drive(eraser.resume());
  await rig.drive(eraser.resume());
  assert.deepEqual(await store.erasures.open(), []);
  assert.equal(readdirSync(path.personSegments(bob)).length, 2);
  assert.ok(!(await the.traces('sessions')).some((trace) => trace.startsWith('voice')));
});

test('of one session only its own recordings are touched, and a private room goes as a whole', async () => {
  await using the = await openRig();
  const mine = await the.recorded(guildA, 1000, 'this-session');
  const other = await the.recorded(guildA, 2000);
  await the.rig.drive(the.eraser.erase({ ...forever, sessionId: 'this-session' }));
  assert.deepEqual(await the.traces(mine), []);
  assert.ok((await the.traces(other)).length > 5);
  assert.ok((await the.traces('parley.log')).length > 0, 'the person is not forgotten otherwise');

  const room = `room-${bob}-20270115T080000000Z`;
  speak(recordingFolder(the.recordingsDir, room), room, 1000).end(5 * second);
  await the.rig.drive(the.eraser.erase({ ...forever, guildId: null }));
  assert.deepEqual(await the.traces(), []);
});

test('of one recording nothing else of its session is touched', async () => {
  await using the = await openRig();
  const one = await the.recorded(guildA, 1000, 'this-session');
  const other = await the.recorded(guildA, 2000, 'this-session');
  const scope = { ...forever, recordingSessionId: one };
  assert.partialDeepStrictEqual(await the.eraser.survey(scope), { recordings: 1, spoken: 1, messages: 1 });
  await the.rig.drive(the.eraser.erase(scope));
  assert.deepEqual(await the.traces(one), []);
  assert.ok((await the.traces(other)).length > 5);
  assert.ok((await the.traces('parley.log')).length > 0, 'the person is not forgotten otherwise');
});

test('a wish is kept before anything of it is done, and words are found no more from then on', async () => {
  await using the = await openRig();
  const { rig, eraser, store } = the;
  const [one, other] = [await the.recorded(guildA, 1000), await the.recorded(guildB, 2000)];
  for (const id of [one, other]) {
    const said = { fromMs: 0, toMs: 1, text: 'castle' };
    await store.transcripts.replaced(id, [
      { ...said, userId: bob },
      { ...said, userId: alice },
    ]);
  }
  const found = async () =>
    (
      await store.transcripts.search({
        ...{ q: 'castle', match: 'all', userId: null, wholeGuilds: [guildA, guildB], guildId: null },
        ...{ recordingSessionId: null, offset: 0, limit: 9 },
      })
    ).map(({ recordingSessionId, userId }) => [recordingSessionId, userId].join(' '));
  const mixer = Promise.withResolvers<void>();
  the.meanwhile.run = () => mixer.promise;
  await eraser.begin({ ...forever, recordingSessionId: one });
  assert.deepEqual((await found()).toSorted(), [`${one} ${alice}`, `${other} ${alice}`, `${other} ${bob}`].toSorted());
  assert.deepEqual((await store.erasures.open()).length, 1);
  assert.ok((await the.traces(one)).length > 0, 'the mixer is waited for');
  mixer.resolve();
  await rig.drive(rig.background.settled());
  assert.deepEqual(await the.traces(one), []);
  assert.deepEqual(await store.erasures.open(), []);
});
