import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MuxError, muxExitCode, muxRecording, readOpusBytes, recordingLayout, walkOpusFile } from '@parley/mux';
import { RecordingBuilder, TempFolder, tonePackets } from '@parley/mux/testing';
import type { Prng } from '@parley/sim';
import { need } from '../lib/need.ts';
import { parleyMux } from '../lib/recording-files.ts';
import { fuzz } from './fuzz.ts';
import { mutate, pick } from './mutate.ts';

const recordingSessionId = '100-200-20261120T120000000Z';
const tones = [300, 500, 800].map((frequency) => tonePackets({ frequency, levelDb: -15 }, 48_000));

/** Two people, five segments, one of them left by a killed writer. */
const build = (folder: string): void => {
  const builder = new RecordingBuilder(folder, { recordingSessionId });
  for (const userId of ['1001', '1002']) builder.person({ userId });
  for (const [index, packets] of [...tones, ...tones.slice(1)].entries()) {
    const userId = index % 2 === 0 ? '1001' : '1002';
    const status = index === 4 ? 'open' : 'closed';
    builder.segment({ userId, startSample: 4800 + index * 60_000, packets, status, tornBytes: index === 4 ? 50 : 0 });
  }
  builder.end(8 * 48_000);
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

/** None is so large that it could be believed as the length of a recording and be written out as hours of silence. */
const numbers = ['0', '-1', '1', '0.5', '119', '2147483', '123456789', '1e300', '"7"', 'null'] as const;

/** One number of a JSON text is another one. */
const otherNumber = (chance: Prng, text: string): string => {
  const found = [...text.matchAll(/(?<=[:[,]\s*)-?\d+(\.\d+)?/g)];
  if (found.length === 0) return text;
  const { 0: number, index } = pick(chance, found);
  return text.slice(0, index) + pick(chance, numbers) + text.slice(index + number.length);
};

/** What a crash, a bad disk or a curious person may do to some of a recording's files. */
const damage = (chance: Prng, folder: string): void => {
  const files = filesIn(folder);
  for (let times = chance.int(1, 4); times > 0; times -= 1) {
    const path = pick(chance, files);
    const bytes = statSync(path, { throwIfNoEntry: false }) && readFileSync(path);
    if (bytes === undefined) continue;
    const how = chance.int(1, 20);
    if (how <= 2) unlinkSync(path);
    else if (how <= 4) truncateSync(path);
    else if (how <= 6) writeFileSync(path, readFileSync(pick(chance, filesIn(folder))));
    else if (how <= 12) writeFileSync(path, otherNumber(chance, bytes.toString('latin1')), 'latin1');
    else writeFileSync(path, mutate(chance, bytes, 3));
  }
};

const audioIn = (folder: string): Map<string, number> => {
  const files = filesIn(recordingLayout(folder).segments).filter((file) => file.endsWith('.ogg'));
  return new Map(files.map((file) => [file, walkOpusFile(file).packets]));
};

/** @returns false where the job is refused because a file says that a newer Parley wrote it: then nothing may be changed. */
const run = async (only: 'recover' | 'tracks', folder: string): Promise<boolean> => {
  const before = audioIn(folder);
  try {
    await muxRecording(folder, { only });
    return true;
  } catch (error) {
    assert.ok(error instanceof MuxError, `${error instanceof Error ? error.stack : error}`);
    if (error.code === 'newer_format') {
      assert.deepEqual(audioIn(folder), before);
      return false;
    }
    // The name of the folder alone is enough to go on; nothing else stands in the way of a job.
    assert.fail(`${error.code}: ${error.message}`);
  }
};

fuzz(
  'a damaged recording is recovered and laid into tracks, and no file has less in it than before',
  { short: 100, long: 4000 },
  async (chance) => {
    using temp = new TempFolder();
    const folder = temp.file(recordingSessionId);
    build(folder);
    damage(chance, folder);
    const before = audioIn(folder);
    if (!(await run('recover', folder))) return;
    const recovered = audioIn(folder);
    for (const [file, packets] of before) assert.ok((recovered.get(file) ?? 0) >= packets, `${file} lost packets`);
    await run('recover', folder);
    assert.deepEqual(audioIn(folder), recovered);
    await run('tracks', folder);
    assert.deepEqual(audioIn(folder), recovered);
    const { tracks } = recordingLayout(folder);
    for (const file of statSync(tracks, { throwIfNoEntry: false }) ? filesIn(tracks) : []) {
      for (const event of readOpusBytes(readFileSync(file))) assert.notEqual(event.type, 'damage', file);
    }
  },
);

const settled = new Set<number | undefined>([muxExitCode.done, muxExitCode.noMix]);

fuzz(
  'parley-mux ends on a damaged recording with a mix, or with words why there is none',
  { short: 5, long: 200, ...need('ffmpeg') },
  async (chance) => {
    using temp = new TempFolder();
    const folder = temp.file(recordingSessionId);
    build(folder);
    damage(chance, folder);
    const before = audioIn(folder);
    const { exitCode, stderr } = await parleyMux(folder);
    if (exitCode === muxExitCode.refused && /reads formats up to/.test(stderr)) {
      assert.deepEqual(audioIn(folder), before);
      return;
    }
    assert.ok(settled.has(exitCode), `exit code ${exitCode}\n${stderr}`);
    assert.doesNotMatch(stderr, /^\s+at /m, 'a stack trace');
    const after = audioIn(folder);
    for (const [file, packets] of before) assert.ok((after.get(file) ?? 0) >= packets, `${file} lost packets`);
    const { mix, sessionFile } = recordingLayout(folder);
    const { status } = JSON.parse(readFileSync(sessionFile, 'utf8')) as { status: string };
    assert.equal(exitCode === muxExitCode.noMix, status === 'failed');
    if (status === 'completed' || status === 'partial') assert.deepEqual(walkOpusFile(mix).damage, []);
    const verified = await parleyMux(folder, '--verify');
    assert.ok(verified.exitCode === muxExitCode.done || verified.exitCode === muxExitCode.faultsFound, verified.stderr);
  },
);
