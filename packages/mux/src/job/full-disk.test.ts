import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RecordingLayout, recordingLayout } from '../formats/recording-layout.ts';
import { MuxError, type MuxErrorCode } from '../mux-error.ts';
import { walkOpusFile } from '../ogg/walk.ts';
import { judge } from '../testing/judge.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { type MuxResult, muxRecording } from './mux-recording.ts';
import { writeSmallCopy } from './small-copy.ts';

const second = 48_000;
/** Every write to it finds no space (full(4)). */
const FULL = '/dev/full';
const ffmpeg = judge('ffmpeg', 'ffmpeg');
const skip = ffmpeg.skip || (existsSync(FULL) ? false : `there is no ${FULL} here`);
const real = { env: { FFMPEG_PATH: ffmpeg.path } };

/** A recording of 3 s; the writer of its second segment was killed. */
const record = (folder: string): void => {
  const builder = new RecordingBuilder(folder).person({ userId: '1' });
  const packets = tonePackets({ frequency: 440, levelDb: -12 }, second);
  builder.segment({ userId: '1', startSample: 0, packets });
  builder.segment({ userId: '1', startSample: 2 * second, packets, status: 'open' });
  builder.end(3 * second);
  mkdirSync(recordingLayout(folder).tracks, { mode: 0o700 });
};

const codeOf = async (job: Promise<MuxResult>): Promise<MuxErrorCode | null> => {
  try {
    return (await job).error?.code ?? null;
  } catch (error) {
    assert.ok(error instanceof MuxError, String(error));
    return error.code;
  }
};

const points: [what: string, draft: (layout: RecordingLayout) => string, code: MuxErrorCode][] = [
  ['a recovered sidecar', ({ personSegments }) => join(personSegments('1'), '000000096000-1.json.tmp'), 'disk_failed'],
  ['a track', ({ track }) => `${track('1')}.tmp`, 'disk_failed'],
  ['the mix', ({ mix }) => `${mix}.tmp`, 'disk_failed'],
  ['session.json', ({ sessionFile }) => `${sessionFile}.tmp`, 'session_unwritable'],
];
for (const [what, draft, code] of points) {
  test(`a disk that is full when ${what} is written: ${code}, nothing that was whole is touched, and the next run completes`, {
    skip,
  }, async () => {
    using folder = new TempFolder();
    record(folder.path);
    const layout = recordingLayout(folder.path);
    const [whole = ''] = readdirSync(layout.personSegments('1')).filter((name) => name.endsWith('.ogg'));
    const audio = join(layout.personSegments('1'), whole);
    const before = readFileSync(audio);
    symlinkSync(FULL, draft(layout));
    assert.equal(await codeOf(muxRecording(folder.path, { ffmpeg: real })), code);
    const finished = draft(layout).slice(0, -'.tmp'.length);
    if (!finished.endsWith('.json')) assert.equal(existsSync(finished), false);
    else assert.ok(JSON.parse(readFileSync(finished, 'utf8')));
    assert.deepEqual(readFileSync(audio), before);
    assert.equal(existsSync(join(folder.path, 'mux.lock')), false);

    rmSync(draft(layout), { force: true });
    const { session, error } = await muxRecording(folder.path, { ffmpeg: real });
    assert.deepEqual([session.status, session.skipped, error], ['completed', [], null]);
    assert.deepEqual([walkOpusFile(layout.mix).damage, walkOpusFile(layout.track('1')).damage], [[], []]);
    const left = readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.tmp'),
    );
    assert.deepEqual(left, []);
  });
}

test('a disk that is full when a small copy is made leaves the mix and no half a copy', { skip }, async () => {
  using folder = new TempFolder();
  record(folder.path);
  const layout = recordingLayout(folder.path);
  await muxRecording(folder.path, { ffmpeg: real });
  const { size } = statSync(layout.mix);
  symlinkSync(FULL, `${layout.small}.tmp`);
  const job = { mix: layout.mix, path: layout.small, maxBytes: 100_000, signal: undefined };
  const found = { path: ffmpeg.path, version: 'any' } as Parameters<typeof writeSmallCopy>[0]['ffmpeg'];
  await assert.rejects(writeSmallCopy({ ...job, ffmpeg: found }));
  assert.equal(existsSync(layout.small), false);
  assert.equal(statSync(layout.mix).size, size);
});
