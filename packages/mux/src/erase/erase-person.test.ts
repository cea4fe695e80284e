import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { exitCode } from '../cli/exit-codes.ts';
import { runCli } from '../cli/run-cli.ts';
import { muxCliPath } from '../cli-path.ts';
import { recordingLayout } from '../formats/recording-layout.ts';
import { muxRecording } from '../job/mux-recording.ts';
import { readJournals } from '../job/read-journals.ts';
import { MuxError } from '../mux-error.ts';
import type { FillPacket } from '../ogg/silence.ts';
import { decodeStereo, leftOf, toneLevel } from '../testing/decode.ts';
import { judge } from '../testing/judge.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { viewJournal } from '../timeline/journal-view.ts';
import { verifyRecording } from '../verify/verify-recording.ts';
import { eraseFromRunning, erasePeople, erasureSteps, markForErasure } from './erase-person.ts';
import { readMarks } from './person-mark.ts';

const second = 48_000;
const ada = '100000000000000001';
const bob = '100000000000000002';
const username = 'ada_lovelace_1815';
const displayName = 'Countess Ada';
const ffmpeg = judge('ffmpeg', 'ffmpeg');
const options = { ffmpeg: { env: { FFMPEG_PATH: ffmpeg.path } } };
const adaSays = tonePackets({ frequency: 440, levelDb: -12 }, second);
const bobSays = tonePackets({ frequency: 1000, levelDb: -12 }, second);

/** Ada asks for the recording, speaks from 1 s to 2 s and leaves a marker; Bob speaks from 3 s to 4 s. */
const write = (folder: string): RecordingBuilder => {
  const builder = new RecordingBuilder(folder);
  builder.person({ userId: ada, username, displayName }).person({ userId: bob, username: 'bob' });
  builder.note(0, { type: 'consent', userId: ada, state: 'noticed', textVersion: 1 });
  builder.segment({ userId: ada, startSample: second, packets: adaSays });
  builder.note(2 * second, { type: 'marker', userId: ada, text: 'a thought of hers' });
  builder.hole({ userId: ada, fromSample: second / 2, toSample: second, reason: 'undecryptable' });
  builder.segment({ userId: bob, startSample: 3 * second, packets: bobSays });
  const { root } = recordingLayout(folder);
  const said = (userId: string, name: string, text: string) => ({ userId, name, startSample: 0, endSample: 9, text });
  const segments = [said(ada, displayName, 'a sentence of hers'), said(bob, 'bob', 'his sentence')];
  writeFileSync(join(root, 'transcript.json'), JSON.stringify({ schema: 1, segments }));
  writeFileSync(join(root, 'transcript.md'), `${displayName}: a sentence of hers`);
  return builder;
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Every place where something of Ada is left: the id outside of a decision, a name, what she wrote, a packet. */
const traces = (folder: string, packets: readonly FillPacket[] = adaSays): string[] => {
  const words = [username, displayName, 'a thought of hers', 'a sentence of hers'];
  return filesIn(folder).flatMap((path) => {
    const bytes = readFileSync(path);
    const found = words.filter((word) => bytes.includes(word));
    const withoutDecisions = bytes
      .toString('latin1')
      .split('\n')
      .filter((line) => !line.includes('"type":"consent"'))
      .join('\n')
      .replaceAll(/"consents": \[[^\]]*\]/g, '');
    if (path.includes(ada) || withoutDecisions.includes(ada)) found.push('id');
    if (packets.some(({ packet }) => packet.length > 20 && bytes.includes(Buffer.from(packet)))) found.push('packet');
    return found.map((what) => `${what} in ${path}`);
  });
};

test('of a person who is erased no byte is left, the others stay, and the mix is made anew without their voice', {
  skip: ffmpeg.skip,
}, async () => {
  using folder = new TempFolder();
  const layout = recordingLayout(folder.path);
  write(folder.path).end(5 * second);
  await muxRecording(folder.path, options);
  writeFileSync(layout.small, 'a copy of the mix');
  const exported = join(folder.path, `${basename(folder.path)}-flac.zip`);
  writeFileSync(exported, 'an export');
  assert.ok(traces(folder.path).length > 8, 'the search finds what is there before');

  assert.equal((await verifyRecording(folder.path)).ok, true);
  await markForErasure(layout, ada);
  assert.equal((await verifyRecording(folder.path)).ok, false, 'somebody is still to be erased');
  const result = await muxRecording(folder.path, options);
  assert.deepEqual(traces(folder.path), []);
  assert.deepEqual(
    result.erased.map(({ userId, segments, foreign }) => ({ userId, segments, foreign })),
    [{ userId: ada, segments: 1, foreign: [] }],
  );
  const { session } = result;
  assert.deepEqual([session.status, session.durationMs], ['completed', 5000]);
  assert.deepEqual(
    session.participants.map(({ userId, speechMs }) => [userId, speechMs]),
    [[bob, 1000]],
  );
  assert.deepEqual(
    session.consents.map(({ userId, state }) => [userId, state]),
    [[ada, 'noticed']],
  );
  assert.deepEqual([session.markers, session.holes, session.skipped], [[], [], []]);
  const left = leftOf(decodeStereo(ffmpeg.path, layout.mix));
  assert.ok(toneLevel(left, 440, 1.2 * second, 1.8 * second) < -70);
  assert.ok(Math.abs(toneLevel(left, 1000, 3.2 * second, 3.8 * second) + 12) <= 0.5);
  assert.ok(!existsSync(exported));
  assert.ok(!existsSync(layout.small) && !existsSync(layout.erasures));
  assert.match(readFileSync(join(folder.path, 'transcript.json'), 'utf8'), /his sentence/);
  assert.equal((await verifyRecording(folder.path)).ok, true);
  for (const path of filesIn(folder.path).filter((one) => !one.includes('transcript'))) {
    assert.equal(statSync(path).mode & 0o777, 0o600, path);
  }
});

test('who alone spoke leaves an empty recording of the same length', async () => {
  using folder = new TempFolder();
  const builder = new RecordingBuilder(folder.path).person({ userId: ada, username, displayName });
  builder.segment({ userId: ada, startSample: second, packets: adaSays });
  builder.end(5 * second);
  await markForErasure(recordingLayout(folder.path), ada);
  const { session } = await muxRecording(folder.path);
  assert.deepEqual([session.status, session.durationMs, session.outputFile], ['empty', 5000, null]);
  assert.deepEqual(traces(folder.path), []);
});

test('an erasure that is killed after any of its steps is finished by the next mux', async () => {
  const steps = erasureSteps(recordingLayout('/nowhere'), { userId: ada, upToSample: null }, false).length;
  assert.equal(steps, 8);
  for (let done = 0; done < steps; done += 1) {
    using folder = new TempFolder();
    const layout = recordingLayout(folder.path);
    write(folder.path)
      .end(5 * second)
      .writeSession({ status: 'completed', durationMs: 5000, outputFile: 'full.ogg' });
    writeFileSync(layout.mix, Buffer.concat(adaSays.map(({ packet }) => packet)));
    mkdirSync(layout.peaks);
    for (const path of [layout.peaksOf(ada), `${layout.peaksOf(ada)}.tmp`]) writeFileSync(path, 'how loud she was');
    await markForErasure(layout, ada);
    for (const step of erasureSteps(layout, { userId: ada, upToSample: null }, false).slice(0, done)) await step();
    // Whoever reads it meanwhile finds the mark, and from the first step on no mix.
    const { status, outputFile } = JSON.parse(readFileSync(layout.sessionFile, 'utf8'));
    assert.deepEqual([status, outputFile], done === 0 ? ['completed', 'full.ogg'] : ['muxing', null]);
    assert.equal((await readMarks(layout)).length, 1);
    await erasePeople(layout);
    assert.deepEqual(traces(folder.path), [], `after ${done} steps`);
    assert.deepEqual(await erasePeople(layout), []);
  }
});

test('a running recording loses what was said at once, its writers go on, and the mux erases the rest', async () => {
  using folder = new TempFolder();
  const layout = recordingLayout(folder.path);
  write(folder.path).writeJournal().writeSession({ status: 'recording' });
  const before = statSync(layout.supervisorJournal).size;
  const half = '{"v":1,"at":1,"sample":9,"type":"participant","event":"left","userId":"';
  appendFileSync(layout.supervisorJournal, half);
  const erased = await eraseFromRunning(layout, { userId: ada, upToSample: 2 * second });
  assert.equal(erased.segments, 1);
  assert.equal(statSync(layout.supervisorJournal).size, before + half.length, 'nothing has moved');
  assert.ok(readFileSync(layout.supervisorJournal, 'utf8').endsWith(half));
  appendFileSync(layout.supervisorJournal, `${bob}","username":"bob","displayName":"bob","bot":false}\n`);
  assert.equal(readJournals(layout.journal).unreadable, 0);
  assert.equal((await readMarks(layout)).length, 1);

  // She leaves later; that is noted with her name, and goes with the mux.
  const left = {
    v: 1,
    at: 1,
    sample: 4 * second,
    type: 'participant',
    event: 'left',
    userId: ada,
    username,
    displayName,
    bot: false,
  };
  appendFileSync(layout.supervisorJournal, `${JSON.stringify(left)}\n`);
  assert.equal(traces(folder.path).filter((trace) => trace.includes('supervisor')).length, 3);
  await erasePeople(layout);
  assert.deepEqual(traces(folder.path), []);
  assert.equal(viewJournal(readJournals(layout.journal).lines).lastSample, 4 * second);
});

for (const [name, again, kept] of [
  ['and agrees to be recorded again keeps what follows', true, 1],
  ['and does not agree again keeps nothing', false, 0],
] as const) {
  test(`who has a recording erased up to a moment ${name}`, async () => {
    using folder = new TempFolder();
    const layout = recordingLayout(folder.path);
    const builder = write(folder.path);
    if (again) builder.note(4 * second, { type: 'consent', userId: ada, state: 'opted_in', textVersion: 1 });
    const later = tonePackets({ frequency: 600, levelDb: -12 }, second);
    builder.segment({ userId: ada, startSample: 5 * second, packets: later });
    builder.writeJournal().writeSession({ status: 'recording' });
    await eraseFromRunning(layout, { userId: ada, upToSample: 2 * second });
    builder.writeSession({ status: 'muxing', durationMs: 7000 });
    await erasePeople(layout);
    const { closed } = viewJournal(readJournals(layout.journal).lines);
    assert.equal([...closed.keys()].filter((id) => id.startsWith(ada)).length, kept);
    const names = existsSync(layout.personSegments(ada)) ? readdirSync(layout.personSegments(ada)) : [];
    assert.equal(names.length, 2 * kept);
    assert.ok(!traces(folder.path).some((trace) => trace.startsWith('packet')));
  });
}

test('links in the folder are never followed, and files that are not ours are named, not touched', async () => {
  using folder = new TempFolder();
  using elsewhere = new TempFolder();
  const layout = recordingLayout(folder.path);
  write(folder.path).end(5 * second);
  const precious = elsewhere.file('000000000000-1.ogg');
  const journal = elsewhere.file('journal.jsonl');
  for (const path of [precious, journal]) writeFileSync(path, `not json, ${ada}\n`);
  mkdirSync(layout.tracks);
  symlinkSync(elsewhere.path, layout.personSegments('100000000000000003'));
  symlinkSync(journal, join(layout.journal, 'voxproc-7.jsonl'));
  writeFileSync(join(folder.path, 'podcast.mp3'), 'made by hand');
  for (const userId of [ada, '100000000000000003']) await markForErasure(layout, userId);
  const erased = await erasePeople(layout);
  assert.deepEqual(
    erased.map(({ foreign }) => foreign),
    [['podcast.mp3'], ['podcast.mp3']],
  );
  for (const path of [precious, journal]) assert.equal(readFileSync(path, 'utf8'), `not json, ${ada}\n`);
  assert.ok(existsSync(join(folder.path, 'podcast.mp3')));
});

test('a session.json that cannot be read is made again from the journal, without the person', async () => {
  using folder = new TempFolder();
  const layout = recordingLayout(folder.path);
  write(folder.path).end(5 * second);
  writeFileSync(layout.sessionFile, `{"schema":1,"participants":[{"userId":"${ada}","username":"${username}"`);
  await markForErasure(layout, ada);
  await erasePeople(layout);
  assert.deepEqual(traces(folder.path), []);
  const { session } = await muxRecording(folder.path, { only: 'recover' });
  assert.equal(session.status, 'muxing');
});

test('what is no person, and a room of the person alone, is refused with a code', async () => {
  using folder = new TempFolder();
  const room = recordingLayout(folder.file(`room-${ada}-20261120T120000000Z`));
  for (const [layout, userId, code] of [
    [recordingLayout(folder.path), '../..', 'not_a_person'],
    [room, ada, 'own_room'],
  ] as const) {
    await assert.rejects(markForErasure(layout, userId), (error) => error instanceof MuxError && error.code === code);
  }
});

test('parley-mux --erase erases, mixes anew, says what it did, and refuses a recording that runs', {
  skip: ffmpeg.skip,
}, async () => {
  using folder = new TempFolder();
  write(folder.path).end(5 * second);
  const run = async (): Promise<{ code: number; said: string }> => {
    const said: string[] = [];
    const output = { out: (line: string) => void said.push(line), err: (line: string) => void said.push(line) };
    const env = { FFMPEG_PATH: ffmpeg.path };
    const { signal } = new AbortController();
    return { code: await runCli({ args: [folder.path, '--erase', ada], env, output, signal }), said: said.join('\n') };
  };
  const { code, said } = await run();
  assert.equal(code, exitCode.done, said);
  assert.match(said, /completed: full\.ogg, 1 tracks .*1 segments and \d+ journal lines of a person erased/);
  assert.deepEqual(traces(folder.path), []);

  const alive = { v: 1, at: 1, sample: 1, type: 'voxproc_joined', n: 0, pid: process.pid };
  const journal = readFileSync(recordingLayout(folder.path).supervisorJournal, 'utf8');
  const boot = existsSync('/proc/sys/kernel/random/boot_id')
    ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    : 'test-boot';
  const live = `${journal.replaceAll('test-boot', boot)}${JSON.stringify(alive)}\n`;
  writeFileSync(recordingLayout(folder.path).supervisorJournal, live);
  const refused = await run();
  assert.equal(refused.code, exitCode.refused);
  assert.match(refused.said, /recording_live/);
  assert.deepEqual(await readMarks(recordingLayout(folder.path)), []);
});

test('a parley-mux --erase that is killed in the middle is finished by the parley-mux that follows', {
  skip: ffmpeg.skip,
}, async (t) => {
  let killed = 0;
  for (const phase of ['tracks', 'mix']) {
    using folder = new TempFolder();
    const layout = recordingLayout(folder.path);
    const builder = write(folder.path);
    for (let i = 0; i < 20; i += 1) builder.segment({ userId: bob, startSample: (5 + i) * second, packets: bobSays });
    builder.end(30 * second).writeSession({ status: 'completed', durationMs: 30_000, outputFile: 'full.ogg' });
    writeFileSync(layout.mix, Buffer.concat(adaSays.map(({ packet }) => packet)));
    const child = spawn(process.execPath, [muxCliPath, folder.path, '--erase', ada, '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, FFMPEG_PATH: ffmpeg.path },
    });
    const closed = Promise.withResolvers<void>();
    child.once('close', () => closed.resolve());
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => void (text.includes(`"${phase}"`) && child.kill('SIGKILL')));
    await closed.promise;
    // On a busy machine the signal may come when everything is done.
    if (child.signalCode === 'SIGKILL') killed += 1;
    assert.equal((await muxRecording(folder.path, options)).session.status, 'completed');
    assert.deepEqual(traces(folder.path), [], `killed in ${phase}`);
  }
  t.diagnostic(`${killed} of 2 were killed before they had ended`);
});
