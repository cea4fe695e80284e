import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { recordingLayout } from '../formats/recording-layout.ts';
import { type SessionFile, sessionFileSchema } from '../formats/session-file.ts';
import { walkOpusFile } from '../ogg/walk.ts';
import { decodeStereo, leftOf, toneLevel } from '../testing/decode.ts';
import { judge } from '../testing/judge.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { muxRecording } from './mux-recording.ts';

const second = 48_000;
const ffmpeg = judge('ffmpeg', 'ffmpeg');
const opusinfo = judge('opusinfo', 'opus-tools');
const withFfmpeg = { skip: ffmpeg.skip || opusinfo.skip };
const real = { env: { FFMPEG_PATH: ffmpeg.path } };

const sessionIn = (folder: string): SessionFile =>
  sessionFileSchema.parse(JSON.parse(readFileSync(recordingLayout(folder).sessionFile, 'utf8')));
const assertSilentJudge = (path: string): void => {
  assert.doesNotMatch(execFileSync(opusinfo.path, [path], { encoding: 'utf8' }), /WARNING|ERROR|Note/);
};

/** Somebody who says a 440 Hz tone from 1 s to 2 s in a recording of 3 s. */
const simple = (folder: string): RecordingBuilder => {
  const builder = new RecordingBuilder(folder).person({ userId: '1', displayName: 'Ada' });
  builder.segment({ userId: '1', startSample: second, packets: tonePackets({ frequency: 440, levelDb: -12 }, second) });
  return builder;
};

test('files that cannot be used are skipped with their reason, and the rest is mixed', withFfmpeg, async () => {
  using folder = new TempFolder();
  const builder = simple(folder.path);
  const tone = tonePackets({ frequency: 300, levelDb: -20 }, second);
  const at = (startSample: number) => builder.segment({ userId: '1', startSample, packets: tone });
  writeFileSync(at(3 * second), '');
  truncateSync(at(5 * second), 150);
  writeFileSync(at(7 * second), Buffer.alloc(5000, 'junk'));
  execFileSync('rm', [at(9 * second)]);
  const flip = (path: string, share: number): void => {
    const bytes = readFileSync(path);
    const place = Math.floor(bytes.length * share);
    bytes[place] = (bytes[place] as number) ^ 1;
    writeFileSync(path, bytes);
  };
  flip(at(11 * second), 0.25);
  flip(at(13 * second), 0.75);
  builder.end(15 * second);
  await muxRecording(folder.path, { ffmpeg: real });
  await muxRecording(folder.path, { ffmpeg: real });
  const session = sessionIn(folder.path);
  assert.equal(session.status, 'partial');
  assert.deepEqual(
    session.skipped.map(({ reason }) => reason),
    ['zero_bytes', 'header_only', 'damaged', 'audio_missing', 'damaged', 'damaged'],
  );
  // Of a file with one flipped byte only the damaged page (25 packets) is missing; running twice does not forget it.
  assert.deepEqual(
    session.skipped.slice(-2).map(({ lostSamples }) => lostSamples),
    [25 * 960, 25 * 960],
  );
  const left = leftOf(decodeStereo(ffmpeg.path, recordingLayout(folder.path).mix));
  assert.ok(Math.abs(left.length - 15 * second) <= 960);
  for (const at of [11.55, 13.05]) {
    assert.ok(Math.abs(toneLevel(left, 300, at * second, (at + 0.4) * second) + 20) <= 0.5);
  }
  assert.ok(toneLevel(left, 300, 11.05 * second, 11.4 * second) < -60);
});

test('what a killed process left is recovered, with its start as the journal refined it', withFfmpeg, async () => {
  using folder = new TempFolder();
  const builder = new RecordingBuilder(folder.path).person({ userId: '1', displayName: 'Ada' });
  const packets = tonePackets({ frequency: 440, levelDb: -12 }, 2 * second);
  const clock = { rtpStart: 0, offsetSamples: second + 4800, driftPpm: 0, reanchors: [], points: [] };
  const left = builder.segment({
    userId: '1',
    startSample: second + 4800,
    packets,
    status: 'open',
    tornBytes: 60,
    sidecar: { clock },
  });
  builder.note(second, { type: 'segment_refined', segmentId: '1/000000052800-1', startSample: second });
  const orphan = builder.segment({ userId: '1', startSample: 5 * second, packets, status: 'open' });
  execFileSync('rm', [orphan.replace('.ogg', '.json')]);
  const unreadable = builder.segment({ userId: '1', startSample: 9 * second, packets });
  writeFileSync(unreadable.replace('.ogg', '.json'), '{"schema":');
  builder.writeJournal().writeSession({ status: 'recording' });

  const { recovered } = await muxRecording(folder.path, { ffmpeg: real });
  assert.equal(recovered.length, 3);
  const session = sessionIn(folder.path);
  assert.equal(session.status, 'completed');
  assert.deepEqual(
    session.segments.map(({ status }) => status),
    ['recovered', 'recovered', 'recovered'],
  );
  assert.deepEqual(
    session.segments.map(({ startSample }) => startSample),
    [second, 5 * second, 9 * second],
  );
  assert.deepEqual(
    session.segments.map(({ displayName }) => displayName),
    ['Ada', 'Ada', 'Ada'],
  );
  for (const { packets, lostSamples, fill } of session.segments) {
    assert.equal(packets.received, packets.written);
    assert.equal(lostSamples, fill.lossConcealed + fill.lossSilence);
  }
  assert.deepEqual([walkOpusFile(left).damage, walkOpusFile(left).ended], [[], true]);
  assertSilentJudge(left);
  assert.ok(existsSync(unreadable.replace('.ogg', '.json.bad')));
  assert.equal(session.durationMs, 11_000);
  const decoded = leftOf(decodeStereo(ffmpeg.path, recordingLayout(folder.path).mix));
  assert.ok(toneLevel(decoded, 440, 0.2 * second, 0.9 * second) < -60);
  assert.ok(Math.abs(toneLevel(decoded, 440, 1.05 * second, 1.3 * second) + 12) <= 0.5);
});

test('a missing or unreadable session.json is rebuilt from the journal', withFfmpeg, async () => {
  for (const text of [null, '{"schema": 1, "tor']) {
    using folder = new TempFolder();
    simple(folder.path).end(3 * second);
    const { sessionFile } = recordingLayout(folder.path);
    if (text === null) execFileSync('rm', [sessionFile]);
    else writeFileSync(sessionFile, text);
    await muxRecording(folder.path, { ffmpeg: real });
    const session = sessionIn(folder.path);
    assert.deepEqual(
      [session.status, session.guildId, session.durationMs, session.channelName],
      ['completed', '100', 3000, 'Table'],
    );
    assert.equal(statSync(sessionFile).mode & 0o777, 0o600);
  }
});

test('fields of session.json that this version does not know are kept', withFfmpeg, async () => {
  using folder = new TempFolder();
  simple(folder.path).end(3 * second);
  const { sessionFile } = recordingLayout(folder.path);
  writeFileSync(sessionFile, JSON.stringify({ ...JSON.parse(readFileSync(sessionFile, 'utf8')), requestedBy: '7' }));
  await muxRecording(folder.path, { ffmpeg: real });
  assert.equal(JSON.parse(readFileSync(sessionFile, 'utf8')).requestedBy, '7');
});
