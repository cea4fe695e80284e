import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { exitCode } from './cli/exit-codes.ts';
import { muxCliPath } from './cli-path.ts';
import { recordingLayout } from './formats/recording-layout.ts';
import { walkOpusFile } from './ogg/walk.ts';
import { judge } from './testing/judge.ts';
import { writeLongRecording } from './testing/long-recording.ts';
import { RecordingBuilder } from './testing/recording-builder.ts';
import { TempFolder } from './testing/temp-folder.ts';
import { tonePackets } from './testing/tones.ts';

const ffmpeg = judge('ffmpeg', 'ffmpeg');
const second = 48_000;

const parleyMux = (args: readonly string[], env: Record<string, string> = {}) => {
  const options = { encoding: 'utf8', env: { ...process.env, FFMPEG_PATH: ffmpeg.path, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [muxCliPath, ...args], options);
  return {
    status,
    stdout,
    stderr,
    lines: () =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
};

const recording = (folder: string): void => {
  const builder = new RecordingBuilder(folder).person({ userId: '1' });
  builder.segment({ userId: '1', startSample: second, packets: tonePackets({ frequency: 440, levelDb: -12 }, second) });
  builder.end(3 * second);
};

test('the command mixes, verifies, and tells both in words', { skip: ffmpeg.skip }, () => {
  using folder = new TempFolder();
  recording(folder.path);
  const muxed = parleyMux([folder.path]);
  assert.equal(muxed.status, exitCode.done, muxed.stderr);
  assert.match(muxed.stdout, /^completed: full\.ogg, 1 tracks of 3\.0 s/);
  const verified = parleyMux([folder.path, '--verify']);
  assert.equal(verified.status, exitCode.done, verified.stdout);
  assert.match(verified.stdout, /checks, all hold\n$/);
});

test('a small copy fits into what is allowed, is mono and as long; what cannot fit is said', {
  skip: ffmpeg.skip,
}, () => {
  using folder = new TempFolder();
  const { small, mix } = recordingLayout(folder.path);
  recording(folder.path);
  const early = parleyMux([folder.path, '--small', '20000']);
  assert.equal(early.status, exitCode.noMix);
  assert.match(early.stderr, /mix_missing/);
  assert.equal(parleyMux([folder.path]).status, exitCode.done);
  const { status, stderr, lines } = parleyMux([folder.path, '--small', '20000', '--json']);
  assert.equal(status, exitCode.done, stderr);
  assert.equal(lines().at(-1).file, small);
  assert.ok(statSync(small).size <= 20_000);
  assert.equal(statSync(small).mode & 0o777, 0o600);
  assert.equal(readFileSync(small)[37], 1, 'channels in OpusHead');
  const [copy, whole] = [small, mix].map((file) => walkOpusFile(file).lastGranule ?? 0) as [number, number];
  assert.ok(Math.abs(copy - whole) <= 960, `${copy} against ${whole} samples`);
  const tight = parleyMux([folder.path, '--small', '4000']);
  assert.equal(tight.status, exitCode.noMix);
  assert.match(tight.stderr, /does_not_fit: 3 s of audio do not fit into 4000 bytes/);
});

test('with --json a program can follow: progress that grows, and one result', { skip: ffmpeg.skip }, () => {
  using folder = new TempFolder();
  recording(folder.path);
  const { status, lines } = parleyMux([folder.path, '--json']);
  assert.equal(status, exitCode.done);
  const fractions = lines()
    .filter(({ type }) => type === 'progress')
    .map(({ fraction }) => fraction);
  assert.ok(fractions.length > 3 && fractions.every((fraction, i) => i === 0 || fraction > fractions[i - 1]));
  const { type, status: reached, outputFile, durationMs } = lines().at(-1);
  assert.deepEqual([type, reached, outputFile, durationMs], ['done', 'completed', 'full.ogg', 3000]);
});

test('every kind of failure has its exit code and says what to do', { skip: ffmpeg.skip }, () => {
  using folder = new TempFolder();
  recording(folder.path);
  const cases: [string[], Record<string, string>, number, RegExp][] = [
    [[], {}, exitCode.usage, /Which recording/],
    [[folder.path, '--nonsense'], {}, exitCode.usage, /nonsense/],
    [[folder.file('nowhere')], {}, exitCode.refused, /not_a_recording.*\n.*Give the folder/],
    [
      [folder.path, '--engine', 'ffmpeg'],
      { FFMPEG_PATH: '/nowhere' },
      exitCode.noMix,
      /ffmpeg_missing.*\n.*Install ffmpeg/,
    ],
    [[folder.path, '--verify'], {}, exitCode.faultsFound, /^$/],
  ];
  for (const [args, env, code, words] of cases) {
    const { status, stderr } = parleyMux(args, env);
    assert.equal(status, code, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, words);
  }
  assert.equal(parleyMux(['--help']).status, exitCode.done);
});

test('killed in the middle of the mix and run again, it completes', { skip: ffmpeg.skip }, async () => {
  using folder = new TempFolder();
  writeLongRecording(folder.path, { seconds: 120, segments: 30, speechSeconds: 100 });
  const child = spawn(process.execPath, [muxCliPath, folder.path, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, FFMPEG_PATH: ffmpeg.path },
  });
  const closed = new Promise<string | null>((resolve) => child.once('close', (_code, signal) => resolve(signal)));
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    if (text.includes('"mix"')) child.kill('SIGKILL');
  });
  assert.equal(await closed, 'SIGKILL');
  const { mix, sessionFile } = recordingLayout(folder.path);
  assert.ok(!existsSync(mix));
  assert.equal(JSON.parse(readFileSync(sessionFile, 'utf8')).status, 'muxing');
  const again = parleyMux([folder.path]);
  assert.equal(again.status, exitCode.done, again.stderr);
  assert.equal(parleyMux([folder.path, '--verify']).status, exitCode.done);
});
