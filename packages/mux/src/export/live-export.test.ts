import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { markForErasure } from '../erase/erase-person.ts';
import { recordingLayout } from '../formats/recording-layout.ts';
import { processStartTicks } from '../job/process-identity.ts';
import { MuxError } from '../mux-error.ts';
import { decodeStereo, leftOf, toneLevel } from '../testing/decode.ts';
import { judge } from '../testing/judge.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { snapshotOf } from '../testing/snapshot.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { exportRecording } from './export-recording.ts';
import { openExportSource } from './export-source.ts';

const second = 48_000;
const ffmpeg = judge('ffmpeg', 'ffmpeg');
const real = { env: { FFMPEG_PATH: ffmpeg.path } };
const bootId = existsSync('/proc/sys/kernel/random/boot_id')
  ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  : 'test-boot';
/** CLOCK_MONOTONIC when so many seconds have been recorded; sample 0 is at 0. */
const after = (seconds: number) => (): number => seconds * 1e6;

/**
 * A recording as it lies on the disk while it runs, this process being its voxproc: Ada has spoken from 1 s to 2 s (440 Hz); Bob (1000 Hz)
 * speaks since 4 s, refined by 240 samples since the segment was opened; of him 40 packets are on whole pages, a page after them is torn.
 */
const running = (folder: string): RecordingBuilder => {
  const builder = new RecordingBuilder(folder)
    .person({ userId: '1', displayName: 'Ada' })
    .person({ userId: '2', displayName: 'Bob' });
  const tone = (frequency: number) => ({ frequency, levelDb: -12 });
  builder.note(0, { type: 'voxproc_joined', pid: process.pid, n: 0, startTicks: processStartTicks(process.pid) });
  builder.segment({ userId: '1', startSample: second, packets: tonePackets(tone(440), second) });
  const bob = builder.segment({
    ...{ userId: '2', startSample: 4 * second, packets: tonePackets(tone(1000), second), status: 'open' },
    ...{
      maxPacketsPerPage: 10,
      sidecar: { clock: { rtpStart: 0, offsetSamples: 0, driftPpm: 0, reanchors: [], points: [] } },
    },
  });
  truncateSync(bob, readFileSync(bob).length - 30);
  builder.note(4 * second, { type: 'segment_refined', segmentId: '2/000000192000-1', startSample: 4 * second + 240 });
  builder
    .note(4 * second, { type: 'alive' })
    .writeJournal()
    .writeSession({ status: 'recording' });
  const { supervisorJournal } = recordingLayout(folder);
  writeFileSync(supervisorJournal, readFileSync(supervisorJournal, 'utf8').replace('test-boot', bootId));
  return builder;
};

test('a running recording ends with the last whole page of who speaks, else now', async () => {
  using folder = new TempFolder();
  running(folder.path);
  const source = await openExportSource(folder.path, { nowUs: after(5.5) });
  assert.equal(source.live, true);
  assert.equal(source.timeline.durationSamples, 4 * second + 240 + 40 * 960);
  const later = await openExportSource(folder.path, { nowUs: after(60) });
  assert.equal(later.timeline.durationSamples, 60 * second);
});

test('a recording whose processes are gone ends with what its journal and files say', async () => {
  using folder = new TempFolder();
  running(folder.path);
  const { supervisorJournal } = recordingLayout(folder.path);
  const text = readFileSync(supervisorJournal, 'utf8');
  writeFileSync(supervisorJournal, text.replace(`"pid":${process.pid}`, '"pid":999999999'));
  const source = await openExportSource(folder.path, { nowUs: after(60) });
  assert.deepEqual([source.live, source.timeline.durationSamples], [false, 4 * second + 240 + 40 * 960]);
});

test('the last seconds of a running recording: who is speaking is in, where they are, and nothing is touched', {
  skip: ffmpeg.skip,
}, async () => {
  using folder = new TempFolder();
  running(folder.file('rec'));
  const before = snapshotOf(folder.file('rec'));
  const out = folder.file('clip.flac');
  const clip = { formats: ['mix-flac'], out, ffmpeg: real, nowUs: after(5) } as const;
  const result = await exportRecording(folder.file('rec'), { ...clip, last: 2 * second });
  assert.deepEqual([result.samples, result.people, result.live], [2 * second, ['2'], true]);
  const end = 4 * second + 240 + 40 * 960;
  assert.deepEqual([result.fromSample, result.toSample], [end - 2 * second, end]);
  const audio = leftOf(decodeStereo(ffmpeg.path, out));
  const [start, length] = [4 * second + 240 - result.fromSample, 40 * 960];
  assert.ok(Math.abs(toneLevel(audio, 1000, start + 2400, start + length - 2400) + 12) <= 0.5);
  assert.ok(toneLevel(audio, 1000, start - 4800, start - 480) < -60);
  const all = await exportRecording(folder.file('rec'), { ...clip, last: 300 * second });
  assert.deepEqual([all.fromSample, all.people], [0, ['1', '2']], 'more than there is means from the start');
  assert.deepEqual(snapshotOf(folder.file('rec')), before);
});

test('what comes while it is exported is not in, and does no harm', async () => {
  using folder = new TempFolder();
  running(folder.file('rec'));
  const segment = recordingLayout(folder.file('rec')).personSegments('2');
  const path = `${segment}/000000192000-1.ogg`;
  const out = folder.file('x.zip');
  let grown = false;
  const result = await exportRecording(folder.file('rec'), {
    ...{ formats: ['opus'], out, nowUs: after(5) },
    onProgress: () => {
      if (!grown) appendFileSync(path, 'OggS and more');
      grown = true;
    },
  });
  assert.ok(grown);
  assert.equal(result.toSample, 4 * second + 240 + 40 * 960);
});

test('an export does not go into the folder of a running recording', async () => {
  using folder = new TempFolder();
  running(folder.path);
  const before = snapshotOf(folder.path);
  const inside = exportRecording(folder.path, { formats: ['opus'], out: folder.file('tracks', 'x.zip') });
  await assert.rejects(inside, (error) => error instanceof MuxError && error.code === 'bad_output');
  assert.deepEqual(snapshotOf(folder.path), before);
});

test('who is to be erased is not in; who is erased while it is made stops it', async () => {
  using folder = new TempFolder();
  running(folder.file('rec'));
  const layout = recordingLayout(folder.file('rec'));
  const out = folder.file('x.zip');
  const options = { formats: ['opus'], out, nowUs: after(5) } as const;
  await markForErasure(layout, '1');
  assert.deepEqual((await exportRecording(layout.root, options)).people, ['2']);
  const meanwhile = exportRecording(layout.root, {
    ...options,
    out: folder.file('y.zip'),
    onProgress: () => writeFileSync(join(layout.erasures, '2.json'), '{"v":1,"upToSample":null}'),
  });
  await assert.rejects(meanwhile, (error) => error instanceof MuxError && error.code === 'erased_meanwhile');
  assert.ok(!existsSync(folder.file('y.zip')));
});
