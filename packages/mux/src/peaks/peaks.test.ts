import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { exitCode } from '../cli/exit-codes.ts';
import { runCli } from '../cli/run-cli.ts';
import { peaksSchema } from '../formats/peaks.ts';
import { type RecordingLayout, recordingLayout } from '../formats/recording-layout.ts';
import { muxRecording } from '../job/mux-recording.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { LevelLine } from './level-line.ts';

const second = 48_000;
const engine = 'sparse' as const;

const levelsIn = (layout: RecordingLayout, userId: string): Uint8Array => {
  const { msPerPoint, levels } = peaksSchema.parse(JSON.parse(readFileSync(layout.peaksOf(userId), 'utf8')));
  assert.equal(msPerPoint, 100);
  return Uint8Array.from(Buffer.from(levels, 'base64'));
};

/** Ada: -6 dBFS from 1 s to 2 s, -20 dBFS from 4 s to 5 s. Bob: -12 dBFS from 2.5 s to 3.5 s. The recording: 6.05 s. */
const write = (folder: string): RecordingLayout => {
  const builder = new RecordingBuilder(folder).person({ userId: '1' }).person({ userId: '2' });
  const tone = (levelDb: number) => tonePackets({ frequency: 440, levelDb }, second);
  builder.segment({ userId: '1', startSample: second, packets: tone(-6) });
  builder.segment({ userId: '2', startSample: 2.5 * second, packets: tone(-12) });
  builder.segment({ userId: '1', startSample: 4 * second, packets: tone(-20) });
  builder.end(6.05 * second);
  return recordingLayout(folder);
};

test('tones of known levels appear at the right points, everything else is silent, over the full length', async () => {
  using folder = new TempFolder();
  const layout = write(folder.path);
  const { warnings, session } = await muxRecording(folder.path, { engine });
  assert.deepEqual([warnings, session.status], [[], 'completed']);
  const loud = [
    ['1', 10, 20, -6],
    ['1', 40, 50, -20],
    ['2', 25, 35, -12],
  ] as const;
  for (const userId of ['1', '2']) {
    const levels = levelsIn(layout, userId);
    assert.equal(levels.length, 61, 'the last point is the rest');
    assert.equal(statSync(layout.peaksOf(userId)).mode & 0o777, 0o600);
    for (const [point, level] of levels.entries()) {
      const tone = loud.find(([who, from, to]) => who === userId && point >= from && point < to);
      // Opus rings for a few ms after a tone, and a little before it.
      const isEdge = loud.some(([who, , to]) => who === userId && point === to);
      if (tone && !isEdge) {
        const db = 20 * Math.log10(level / 255);
        assert.ok(Math.abs(db - tone[3]) < 0.8, `${userId} at ${point}: ${db} dBFS`);
      }
      if (!tone && !isEdge) assert.ok(level <= 4, `${userId} at ${point}: ${level}`);
    }
  }
});

test('levels that cannot be written are a warning, and the mix is as good without them', async () => {
  using folder = new TempFolder();
  const layout = write(folder.path);
  writeFileSync(layout.peaks, 'somebody put a file here');
  const { session, warnings, error } = await muxRecording(folder.path, { engine });
  assert.deepEqual([session.status, session.outputFile, error], ['completed', 'full.ogg', null]);
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['disk_failed'],
  );
});

test('--peaks writes them again for the tracks that are there, and removes those of people without one', async () => {
  using folder = new TempFolder();
  const layout = write(folder.path);
  await muxRecording(folder.path, { engine });
  const before = readFileSync(layout.peaksOf('1'), 'utf8');
  const mixedAt = statSync(layout.mix).mtimeMs;
  rmSync(layout.peaksOf('1'));
  rmSync(layout.track('2'));
  const lines: string[] = [];
  const output = { out: (line: string) => void lines.push(line), err: () => {} };
  const { signal } = new AbortController();
  assert.equal(await runCli({ args: [folder.path, '--peaks'], env: {}, output, signal }), exitCode.done);
  assert.deepEqual(lines, ['the levels are written']);
  assert.equal(readFileSync(layout.peaksOf('1'), 'utf8'), before);
  assert.equal(existsSync(layout.peaksOf('2')), false);
  assert.equal(statSync(layout.mix).mtimeMs, mixedAt, 'the mix is left alone');
});

test('a recording without a track has no levels, and stale ones go', async () => {
  using folder = new TempFolder();
  const layout = recordingLayout(folder.path);
  new RecordingBuilder(folder.path).end(second);
  mkdirSync(layout.peaks);
  writeFileSync(layout.peaksOf('7'), '{}');
  await muxRecording(folder.path, { engine });
  assert.equal(existsSync(layout.peaks), false);
});

test('a line takes what lies across points, and passes over what lies outside of the recording', () => {
  const line = new LevelLine(3 * 4800);
  const pcm = new Int16Array(9600).fill(-16_384, 0, 4800).fill(8192, 4800);
  line.take(pcm, 1, 2400);
  line.take(new Int16Array(960).fill(32_767), 1, 3 * 4800);
  line.take(new Int16Array(2 * 960).fill(-32_768, 0, 200), 2, -100);
  assert.deepEqual([...line.levels()], [128, 128, 64]);
});
