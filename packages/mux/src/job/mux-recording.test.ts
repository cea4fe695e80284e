import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { recordingLayout } from '../formats/recording-layout.ts';
import { type SessionFile, sessionFileSchema } from '../formats/session-file.ts';
import { type Loudness, LoudnessMeter } from '../loudness/loudness-meter.ts';
import { MuxError } from '../mux-error.ts';
import { silenceFill } from '../ogg/silence.ts';
import { walkOpusFile } from '../ogg/walk.ts';
import { decodeStereo, lagOf, leftOf, toneLevel, writeScript } from '../testing/decode.ts';
import { judge } from '../testing/judge.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { encodePackets, tonePackets, voiceSamples } from '../testing/tones.ts';
import { muxRecording } from './mux-recording.ts';
import { processLives, processStartTicks } from './process-identity.ts';

const second = 48_000;
const ffmpeg = judge('ffmpeg', 'ffmpeg');
const opusinfo = judge('opusinfo', 'opus-tools');
const withFfmpeg = { skip: ffmpeg.skip || opusinfo.skip };
const real = { env: { FFMPEG_PATH: ffmpeg.path } };
const missing = { env: { FFMPEG_PATH: '/nowhere/ffmpeg' } };
const byFfmpeg = { engine: 'ffmpeg' } as const;

const sessionIn = (folder: string): SessionFile =>
  sessionFileSchema.parse(JSON.parse(readFileSync(recordingLayout(folder).sessionFile, 'utf8')));
const samplesOf = (path: string): number => decodeStereo(ffmpeg.path, path).length / 2;
const assertSilentJudge = (path: string): void => {
  assert.doesNotMatch(execFileSync(opusinfo.path, [path], { encoding: 'utf8' }), /WARNING|ERROR|Note/);
};

/** Somebody who says a 440 Hz tone from 1 s to 2 s in a recording of 3 s. */
const simple = (folder: string): RecordingBuilder => {
  const builder = new RecordingBuilder(folder).person({ userId: '1', displayName: 'Ada' });
  builder.segment({ userId: '1', startSample: second, packets: tonePackets({ frequency: 440, levelDb: -12 }, second) });
  return builder;
};

test(
  'two people come out where they spoke, as loud as they spoke, in a mix of the exact length',
  withFfmpeg,
  async () => {
    using folder = new TempFolder();
    const builder = new RecordingBuilder(folder.path).person({ userId: '1' }).person({ userId: '2' });
    const trail = [...silenceFill(4800)];
    const [voice1, voice2] = [voiceSamples(120, -14, second, 1), voiceSamples(210, -14, second, 2)];
    builder.segment({ userId: '1', startSample: 2 * second, packets: [...encodePackets(voice1), ...trail] });
    builder.segment({ userId: '2', startSample: 5 * second + 120, packets: [...encodePackets(voice2), ...trail] });
    const tone = (frequency: number, levelDb: number) => tonePackets({ frequency, levelDb }, 2 * second);
    builder.segment({ userId: '1', startSample: 8 * second, packets: [...tone(440, -9), ...trail] });
    builder.segment({ userId: '2', startSample: 9 * second, packets: [...tone(1000, -21), ...trail] });
    const duration = 12 * second + 1777;
    builder.end(duration);

    const result = await muxRecording(folder.path, { ffmpeg: real });
    assert.equal(result.error, null);
    const session = sessionIn(folder.path);
    assert.deepEqual([session.status, session.outputFile, session.skipped], ['completed', 'full.ogg', []]);
    const { mix, track } = recordingLayout(folder.path);
    const stereo = decodeStereo(ffmpeg.path, mix);
    assert.ok(Math.abs(stereo.length / 2 - duration) <= 960, `${stereo.length / 2} samples`);
    const left = leftOf(stereo);
    const lags = [lagOf(left, voice1, 2 * second, 1500), lagOf(left, voice2, 5 * second + 120, 1500)];
    for (const lag of lags) assert.ok(Math.abs(lag) <= 48, `${lag} samples late`);
    const levels = [
      [toneLevel(left, 440, 8.2 * second, 8.9 * second), -9],
      [toneLevel(left, 440, 9.2 * second, 9.8 * second), -9],
      [toneLevel(left, 1000, 9.2 * second, 9.8 * second), -21],
      [toneLevel(left, 1000, 10.2 * second, 10.8 * second), -21],
    ] as const;
    for (const [level, wanted] of levels) assert.ok(Math.abs(level - wanted) <= 0.5, `${level} dB for ${wanted}`);
    assert.ok(toneLevel(left, 440, 3.2 * second, 4.8 * second) < -70);
    for (const path of [mix, track('1'), track('2')]) assertSilentJudge(path);
    assert.equal(samplesOf(track('1')), duration);
    assert.deepEqual(
      session.participants.map(({ speechMs }) => speechMs),
      [3000, 3000],
    );
  },
);

test('six people who shout at once stay below -1 dBTP after the encode', withFfmpeg, async () => {
  using folder = new TempFolder();
  const builder = new RecordingBuilder(folder.path);
  for (let i = 1; i <= 6; i += 1) {
    builder.person({ userId: String(i) });
    const voice = voiceSamples(90 + 31 * i, 6, 4 * second, i);
    builder.segment({ userId: String(i), startSample: i * 4800, packets: encodePackets(voice, { bitrate: 96_000 }) });
  }
  builder.end(6 * second);
  await muxRecording(folder.path, { ffmpeg: real });
  const session = sessionIn(folder.path);
  assert.equal(session.status, 'completed');
  assert.ok((session.loudness?.truePeak ?? 0) <= -1, `${session.loudness?.truePeak} dBTP`);
  const { stderr } = spawnSync(
    ffmpeg.path,
    [
      '-nostats',
      '-i',
      recordingLayout(folder.path).mix,
      '-af',
      'ebur128=peak=true:framelog=verbose',
      '-f',
      'null',
      '-',
    ],
    { encoding: 'utf8' },
  );
  assert.ok(Number(/Peak:\s+(-?[\d.]+)/.exec(stderr)?.[1]) <= -1, stderr.slice(-300));
});

test('one person alone is mixed too', withFfmpeg, async () => {
  using folder = new TempFolder();
  simple(folder.path).end(3 * second);
  await muxRecording(folder.path, { ffmpeg: real });
  assert.equal(sessionIn(folder.path).status, 'completed');
  const left = leftOf(decodeStereo(ffmpeg.path, recordingLayout(folder.path).mix));
  assert.ok(Math.abs(left.length - 3 * second) <= 960);
  assert.ok(Math.abs(toneLevel(left, 440, 1.2 * second, 1.8 * second) + 12) <= 0.5);
});

test(
  'players are told to bring the mix to a loudness, and to what it may be without clipping',
  withFfmpeg,
  async () => {
    const heardOf = async (targetLufs: number): Promise<[Loudness, SessionFile['loudness']]> => {
      using folder = new TempFolder();
      const builder = new RecordingBuilder(folder.path).person({ userId: '1' });
      const voice = voiceSamples(120, -14, 4 * second);
      builder.segment({ userId: '1', startSample: second, packets: encodePackets(voice) });
      builder.end(6 * second);
      await muxRecording(folder.path, { targetLufs });
      const meter = new LoudnessMeter();
      const { mix } = recordingLayout(folder.path);
      meter.take(decodeStereo(ffmpeg.path, mix));
      assertSilentJudge(mix);
      return [meter.result(), sessionIn(folder.path).loudness];
    };
    const [quiet, told] = await heardOf(-26);
    assert.ok(Math.abs(quiet.integrated + 26) <= 0.05, `${quiet.integrated} LUFS`);
    assert.ok(Math.abs((told?.integrated ?? 0) + 26) <= 0.05);
    const [loud, toldLoud] = await heardOf(-6);
    assert.ok(loud.truePeak <= -1 && loud.truePeak > -1.2, `${loud.truePeak} dBTP`);
    assert.ok(Math.abs((toldLoud?.truePeak ?? 0) + 1) <= 0.05 && (toldLoud?.integrated ?? 0) > -20);
  },
);

test('the mix has holes and markers as chapters', async () => {
  using folder = new TempFolder();
  const builder = simple(folder.path);
  builder.hole({ fromSample: 2 * second, toSample: 2.5 * second, reason: 'paused' });
  builder.hole({ fromSample: 0, toSample: second, userId: '1', reason: 'undecryptable' });
  builder.note(1.5 * second, { type: 'marker', userId: '1', text: 'Beschluss:\nangenommen' });
  builder.end(3 * second);
  await muxRecording(folder.path);
  const comments = walkOpusFile(recordingLayout(folder.path).mix).tags?.comments ?? [];
  assert.deepEqual(
    comments.filter(([name]) => name.startsWith('CHAPTER')).map(([, value]) => value),
    [
      ...['00:00:00.000', 'Recording', '00:00:01.500', 'Beschluss: angenommen'],
      ...['00:00:02.000', 'Paused', '00:00:02.500', 'Recording'],
    ],
  );
  assert.ok(comments.some(([name, value]) => name === 'TITLE' && value === 'Table'));
  assert.ok(comments.some(([name]) => name === 'PARLEY_RECORDING'));
});

test('without a human packet the recording is empty: no ffmpeg, no mix, full duration', async () => {
  using folder = new TempFolder();
  const builder = new RecordingBuilder(folder.path).person({ userId: '1' }).person({ userId: '9', bot: true });
  builder.segment({ userId: '9', startSample: 0, packets: tonePackets({ frequency: 440, levelDb: -12 }, second) });
  builder.end(7 * second);
  await muxRecording(folder.path, { ffmpeg: missing });
  const session = sessionIn(folder.path);
  assert.deepEqual([session.status, session.outputFile, session.durationMs], ['empty', null, 7000]);
  assert.deepEqual(
    session.skipped.map(({ reason }) => reason),
    ['bot'],
  );
  assert.deepEqual(readdirSync(recordingLayout(folder.path).tracks), []);
  assert.ok(!existsSync(recordingLayout(folder.path).mix));
});

test('no ffmpeg is needed for a mix', { skip: opusinfo.skip }, async () => {
  using folder = new TempFolder();
  simple(folder.path).end(3 * second);
  const { error } = await muxRecording(folder.path, { ffmpeg: missing });
  assert.equal(error, null);
  const { status, mux, versions } = sessionIn(folder.path);
  assert.deepEqual([status, mux?.engine, versions.ffmpeg], ['completed', 'splice', undefined]);
  assertSilentJudge(recordingLayout(folder.path).mix);
});

test(
  'a mix by ffmpeg fails in words without one, the tracks are made, and a later run repairs it',
  withFfmpeg,
  async () => {
    using folder = new TempFolder();
    simple(folder.path).end(3 * second);
    const { error } = await muxRecording(folder.path, { ffmpeg: missing, ...byFfmpeg });
    assert.equal(error?.code, 'ffmpeg_missing');
    const failed = sessionIn(folder.path);
    assert.deepEqual([failed.status, failed.outputFile], ['failed', null]);
    assert.match(failed.error ?? '', /ffmpeg_missing: FFMPEG_PATH is \/nowhere\/ffmpeg/);
    assert.ok(existsSync(recordingLayout(folder.path).track('1')));
    await muxRecording(folder.path, { ffmpeg: real, ...byFfmpeg });
    const repaired = sessionIn(folder.path);
    assert.deepEqual([repaired.status, repaired.error, repaired.mux?.engine], ['completed', undefined, 'ffmpeg-amix']);
  },
);

/** An ffmpeg that answers questions like the real one and does `body` when it is to work. */
const fakeFfmpeg = (folder: TempFolder, body: string): { env: Record<string, string> } => {
  const script = `case "$*" in *-version*|*"-h "*) exec ${ffmpeg.path} "$@";; esac\n${body}`;
  return { env: { FFMPEG_PATH: writeScript(folder.file('fake-ffmpeg'), script) } };
};

test('an ffmpeg that fails or is killed leaves its last words, and no half a mix', withFfmpeg, async () => {
  for (const [body, words] of [
    ['echo "disk on fire" >&2; exit 9', /ended with 9\. disk on fire/],
    ['echo "half a mix"; kill -9 $$', /was killed by SIGKILL/],
  ] as const) {
    using folder = new TempFolder();
    using tools = new TempFolder();
    simple(folder.path).end(3 * second);
    const { error } = await muxRecording(folder.path, { ffmpeg: fakeFfmpeg(tools, body), ...byFfmpeg });
    assert.equal(error?.code, 'ffmpeg_failed');
    assert.match(sessionIn(folder.path).error ?? '', words);
    assert.equal(sessionIn(folder.path).status, 'failed');
    assert.ok(!existsSync(recordingLayout(folder.path).mix));
  }
});

test(
  'a stopped job takes ffmpeg and its children with it, leaves session.json as it was, and can be run again',
  withFfmpeg,
  async () => {
    using folder = new TempFolder();
    using tools = new TempFolder();
    simple(folder.path).end(3 * second);
    const pidFile = tools.file('pid');
    const stop = new AbortController();
    const job = muxRecording(folder.path, {
      ffmpeg: fakeFfmpeg(tools, `sleep 600 & echo $! > ${pidFile}.tmp; mv ${pidFile}.tmp ${pidFile}; wait`),
      signal: stop.signal,
      ...byFfmpeg,
    });
    while (!existsSync(pidFile)) await after(20);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    assert.ok(processLives(pid));
    await assert.rejects(muxRecording(folder.path), (error) => error instanceof MuxError && error.code === 'busy');
    stop.abort();
    await assert.rejects(job, (error) => error instanceof MuxError && error.code === 'aborted');
    for (let i = 0; i < 1500 && processLives(pid) && !isZombie(pid); i += 1) await after(20);
    assert.ok(!processLives(pid) || isZombie(pid));
    assert.equal(sessionIn(folder.path).status, 'muxing');
    await muxRecording(folder.path, { ffmpeg: real });
    assert.equal(sessionIn(folder.path).status, 'completed');
  },
);

const isZombie = (pid: number): boolean => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
};

test('a session.json that cannot be written leaves the job pending and everything else done', withFfmpeg, async () => {
  using folder = new TempFolder();
  simple(folder.path).end(3 * second);
  mkdirSync(`${recordingLayout(folder.path).sessionFile}.tmp`);
  const { sessionWritten, error } = await muxRecording(folder.path, { ffmpeg: real });
  assert.deepEqual([sessionWritten, error?.code], [false, 'session_unwritable']);
  assert.ok(existsSync(recordingLayout(folder.path).mix));
  assert.equal(sessionIn(folder.path).status, 'muxing');
});

test('running again gives the same bytes', withFfmpeg, async () => {
  using folder = new TempFolder();
  simple(folder.path).end(3 * second);
  const { mix, track } = recordingLayout(folder.path);
  await muxRecording(folder.path, { ffmpeg: real });
  const first = [mix, track('1')].map((path) => readFileSync(path));
  await muxRecording(folder.path, { ffmpeg: real });
  assert.deepEqual(
    [mix, track('1')].map((path) => readFileSync(path)),
    first,
  );
});

test('tracks alone leave session.json as it was; stale tracks go', async () => {
  using folder = new TempFolder();
  simple(folder.path).end(3 * second);
  const { tracks, track } = recordingLayout(folder.path);
  mkdirSync(tracks);
  writeFileSync(track('77'), 'stale');
  const result = await muxRecording(folder.path, { only: 'tracks' });
  assert.equal(result.tracks.length, 1);
  assert.deepEqual(readdirSync(tracks), ['1.ogg']);
  assert.equal(sessionIn(folder.path).status, 'muxing');
});

/** Moves a recording to this boot of the machine. */
const bootNow = (folder: string): void => {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const { supervisorJournal } = recordingLayout(folder);
  writeFileSync(supervisorJournal, readFileSync(supervisorJournal, 'utf8').replace('test-boot', boot));
};

for (const { name, ended } of [
  { name: 'that runs', ended: false },
  { name: 'that the supervisor ended without its answer', ended: true },
]) {
  test(`a recording ${name} is refused while its audio process lives and has not closed its files`, async () => {
    using folder = new TempFolder();
    const builder = simple(folder.path);
    const startTicks = processStartTicks(process.pid);
    builder.note(0, { type: 'voxproc_joined', pid: process.pid, n: 0, startTicks });
    if (ended) builder.end(second);
    else builder.writeJournal().writeSession({ status: 'recording' });
    bootNow(folder.path);
    await assert.rejects(
      muxRecording(folder.path),
      (error) => error instanceof MuxError && error.code === 'recording_live',
    );
    assert.ok(await muxRecording(folder.path, { only: 'tracks', force: true }));
    builder.note(second, { type: 'voxproc_left', n: 0, reason: 'leave' }).writeJournal();
    bootNow(folder.path);
    assert.ok(await muxRecording(folder.path, { only: 'tracks' }));
  });
}

test('a later process with the id of a dead audio process does not hold its recording', async () => {
  using folder = new TempFolder();
  const builder = simple(folder.path);
  builder.note(0, { type: 'voxproc_joined', pid: process.pid, n: 0, startTicks: '1' }).end(second);
  bootNow(folder.path);
  assert.ok(await muxRecording(folder.path, { only: 'tracks' }));
});

test('a folder that is no recording is refused', async () => {
  using folder = new TempFolder();
  for (const path of [folder.path, folder.file('nowhere')]) {
    await assert.rejects(muxRecording(path), (error) => error instanceof MuxError && error.code === 'not_a_recording');
  }
});
