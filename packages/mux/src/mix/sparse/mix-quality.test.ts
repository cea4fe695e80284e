import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { recordingLayout } from '../../formats/recording-layout.ts';
import { type SessionFile, sessionFileSchema } from '../../formats/session-file.ts';
import { muxRecording } from '../../job/mux-recording.ts';
import { LoudnessMeter } from '../../loudness/loudness-meter.ts';
import { silenceFill } from '../../ogg/silence.ts';
import { decodeStereo, lagOf, leftOf, toneLevel } from '../../testing/decode.ts';
import { judge } from '../../testing/judge.ts';
import { RecordingBuilder } from '../../testing/recording-builder.ts';
import { TempFolder } from '../../testing/temp-folder.ts';
import { encodePackets, tonePackets, voiceSamples } from '../../testing/tones.ts';
import { CHUNK_SAMPLES } from './chunk.ts';

const second = 48_000;
const ffmpeg = judge('ffmpeg', 'ffmpeg');
const trail = [...silenceFill(4800)];

interface Mixed {
  readonly session: SessionFile;
  readonly stereo: Float32Array;
  readonly left: Float32Array;
}

const folders: TempFolder[] = [];
const mixed = async (
  build: (builder: RecordingBuilder) => void,
  engine: 'sparse' | 'ffmpeg',
  folder: TempFolder,
): Promise<Mixed> => {
  build(new RecordingBuilder(folder.path));
  const { error } = await muxRecording(folder.path, { ffmpeg: { env: { FFMPEG_PATH: ffmpeg.path } }, engine });
  assert.equal(error, null);
  const { mix, sessionFile } = recordingLayout(folder.path);
  const stereo = decodeStereo(ffmpeg.path, mix);
  return {
    session: sessionFileSchema.parse(JSON.parse(readFileSync(sessionFile, 'utf8'))),
    stereo,
    left: leftOf(stereo),
  };
};

const [ada, bob] = [voiceSamples(120, -12, 14 * second, 1), voiceSamples(210, -15, 6 * second, 2)];
/** Where somebody begins after a pause: there players of the reference fade in. */
const starts = [second, 16 * second + 360, 20 * second];
const duration = 27 * second + 1777;
/** Ada for 14 s without a pause, then Bob on a grid of his own, then both at once. */
const talk = (builder: RecordingBuilder): void => {
  builder.person({ userId: '1' }).person({ userId: '2' });
  builder.segment({ userId: '1', startSample: second, packets: [...encodePackets(ada), ...trail] });
  builder.segment({ userId: '2', startSample: 16 * second + 360, packets: [...encodePackets(bob), ...trail] });
  builder.segment({
    userId: '1',
    startSample: 20 * second,
    packets: [...encodePackets(ada.subarray(0, 4 * second)), ...trail],
  });
  builder.end(duration);
};

let sparse: Mixed;
let reference: Mixed;
let track: Float32Array;
before(async () => {
  if (!ffmpeg.present) return;
  const folder = new TempFolder();
  folders.push(folder);
  reference = await mixed(talk, 'ffmpeg', folder);
  sparse = await mixed(talk, 'sparse', folder);
  track = leftOf(decodeStereo(ffmpeg.path, recordingLayout(folder.path).track('1')));
});
after(() => {
  for (const folder of folders) folder[Symbol.dispose]();
});

/** RMS of a stretch in dB. */
const level = (samples: Float32Array, from: number, count: number): number => {
  let sum = 0;
  for (let i = from; i < from + count; i += 1) sum += (samples[i] ?? 0) ** 2;
  return 10 * Math.log10(sum / count + 1e-12);
};

test('the sparse mix is exactly as long as the recording, and everybody sounds when they spoke', {
  skip: ffmpeg.skip,
}, () => {
  assert.equal(sparse.session.mux?.engine, 'sparse');
  assert.equal(sparse.left.length, duration);
  const lags = [
    lagOf(sparse.left, ada.subarray(0, 2 * second), second, 400),
    lagOf(sparse.left, bob.subarray(0, 2 * second), 16 * second + 360, 400),
  ];
  assert.deepEqual(lags, [0, 0]);
});

test('it is as loud as the reference, second by second', { skip: ffmpeg.skip }, () => {
  assert.equal(reference.session.mux?.engine, 'ffmpeg-amix');
  for (let at = second; at < 26 * second; at += second / 2) {
    if (starts.some((start) => at <= start && start < at + second / 2)) continue;
    const [ours, theirs] = [sparse, reference].map(({ left }) => level(left, at, second / 2)) as [number, number];
    if (theirs < -60) assert.ok(ours < -60, `${at / second} s: ${ours} dB where it should be silent`);
    else assert.ok(Math.abs(ours - theirs) < 0.4, `${at / second} s: ${ours} dB and ${theirs} dB`);
  }
});

test('the first word after a pause is as loud as it was said: no fading in', { skip: ffmpeg.skip }, () => {
  for (const [start, voice] of [
    [second, ada],
    [16 * second + 360, bob],
  ] as const) {
    for (let at = 0; at < 5760; at += 960) {
      const [said, heard] = [level(voice, at, 960), level(sparse.left, start + at, 960)];
      assert.ok(Math.abs(heard - said) < 1, `${at / 48} ms after the start: ${heard} dB for ${said} dB`);
    }
  }
});

test('loudness and true peak are what is heard of the file', { skip: ffmpeg.skip }, () => {
  const meter = new LoudnessMeter();
  meter.take(sparse.stereo);
  const heard = meter.result();
  const { loudness } = sparse.session;
  assert.ok(
    Math.abs((loudness?.integrated ?? 0) - heard.integrated) <= 0.05,
    `${loudness?.integrated}, ${heard.integrated}`,
  );
  assert.ok(Math.abs((loudness?.range ?? 0) - heard.range) <= 0.3, `${loudness?.range}, ${heard.range}`);
  assert.ok(Math.abs((loudness?.truePeak ?? 0) - heard.truePeak) <= 0.1, `${loudness?.truePeak}, ${heard.truePeak}`);
});

test('a joint of two chunks in mid-speech is no worse than the codec is anywhere', { skip: ffmpeg.skip }, () => {
  // Nobody pauses near 12 s, so the joint is there; 12 s is on no other grid of ours.
  const joint = CHUNK_SAMPLES - 312;
  const slot = 240;
  const errorAt = (from: number): number => {
    const difference = sparse.left.slice(from, from + slot).map((value, i) => value - (track[from + i] ?? 0));
    return level(difference, 0, slot) - level(track, from - slot, 3 * slot);
  };
  const elsewhere: number[] = [];
  for (let at = 2 * second; at < 11 * second; at += slot) elsewhere.push(errorAt(at));
  const p95 = elsewhere.toSorted((a, b) => a - b)[Math.floor(elsewhere.length * 0.95)] as number;
  const seam = Array.from({ length: 24 }, (_, i) => errorAt(joint + (i - 4) * slot));
  assert.ok(Math.max(...seam) <= p95 + 2.3, `${Math.max(...seam)} dB at the joint, p95 ${p95} dB elsewhere`);
});

test('two voices of -9 dBFS at once keep their levels', { skip: ffmpeg.skip }, async () => {
  using folder = new TempFolder();
  const { left, session } = await mixed(
    (builder) => {
      for (const [i, frequency] of [440, 1000].entries()) {
        const userId = String(i + 1);
        builder.person({ userId });
        builder.segment({ userId, startSample: second, packets: tonePackets({ frequency, levelDb: -9 }, 2 * second) });
      }
      builder.end(4 * second);
    },
    'sparse',
    folder,
  );
  for (const frequency of [440, 1000]) {
    const heard = toneLevel(left, frequency, 1.2 * second, 2.8 * second);
    assert.ok(Math.abs(heard + 9) <= 0.5, `${frequency} Hz: ${heard} dB`);
  }
  assert.ok((session.loudness?.truePeak ?? 0) <= -1);
});

test('one voice at full scale comes out below -1 dBTP, and quiet words beside it as they were', {
  skip: ffmpeg.skip,
}, async () => {
  using folder = new TempFolder();
  const loud = voiceSamples(140, 8, 2 * second, 5);
  const { left, session, stereo } = await mixed(
    (builder) => {
      builder.person({ userId: '1' });
      builder.segment({
        userId: '1',
        startSample: second,
        packets: [...encodePackets(loud, { bitrate: 96_000 }), ...trail],
      });
      const quiet = tonePackets({ frequency: 440, levelDb: -20 }, second);
      builder.segment({ userId: '1', startSample: 4 * second, packets: quiet });
      builder.end(6 * second);
    },
    'sparse',
    folder,
  );
  const meter = new LoudnessMeter();
  meter.take(stereo);
  assert.ok(meter.result().truePeak <= -1, `${meter.result().truePeak} dBTP heard`);
  assert.ok((session.loudness?.truePeak ?? 0) <= -1 && (session.loudness?.truePeak ?? 0) > -3.5);
  const quietLevel = toneLevel(left, 440, 4.2 * second, 4.8 * second);
  assert.ok(Math.abs(quietLevel + 20) <= 0.2, `${quietLevel} dB`);
});
