import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { recordingLayout } from '../formats/recording-layout.ts';
import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import type { SessionFile } from '../formats/session-file.ts';
import { muxRecording } from '../job/mux-recording.ts';
import { hasDaveTrailer } from '../ogg/dave-trailer.ts';
import { silenceFill } from '../ogg/silence.ts';
import { judge } from '../testing/judge.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { formatReport } from './format-report.ts';
import { verifyRecording } from './verify-recording.ts';

const second = 48_000;
const ffmpeg = judge('ffmpeg', 'ffmpeg');
const folder = new TempFolder();
const layout = recordingLayout(folder.path);
const stem = '000000048000-1';
const audio = `${layout.personSegments('1')}/${stem}.ogg`;
const sidecar = `${layout.personSegments('1')}/${stem}.json`;
const lost = { packet: Uint8Array.of(0xf8), samples: 960 };

before(async () => {
  if (!ffmpeg.present) return;
  const builder = new RecordingBuilder(folder.path).person({ userId: '1', displayName: 'Ada' }).person({ userId: '2' });
  const speech = tonePackets({ frequency: 440, levelDb: -12 }, second);
  builder.segment({ userId: '1', startSample: second, packets: [...speech, lost, ...speech, ...silenceFill(4800)] });
  builder.segment({ userId: '2', startSample: 2 * second, packets: speech });
  builder.hole({ fromSample: 100, toSample: 900, reason: 'reconnecting' }).end(5 * second);
  await muxRecording(folder.path, { ffmpeg: { env: { FFMPEG_PATH: ffmpeg.path } } });
});
after(() => folder[Symbol.dispose]());

const edit = (path: string, change: (text: string) => string): void =>
  writeFileSync(path, change(readFileSync(path, 'utf8')));
const json = (
  path: string,
  change: (value: Pick<SegmentSidecar, 'packets'> & Pick<SessionFile, 'segments' | 'quality'>) => void,
): void =>
  edit(path, (text) => {
    const value = JSON.parse(text);
    change(value);
    return JSON.stringify(value);
  });
const flip = (path: string, share: number): void => {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length * share);
  bytes[at] = (bytes[at] as number) ^ 0x55;
  writeFileSync(path, bytes);
};

test('a sound recording holds in every check, and the table names each of them', { skip: ffmpeg.skip }, async () => {
  const report = await verifyRecording(folder.path);
  assert.deepEqual(
    report.checks.filter((check) => !check.ok),
    [],
  );
  assert.ok(report.ok);
  const table = formatReport(report);
  for (const words of ['received = written + dropped', 'Ada (1)', 'true peak', 'all hold'])
    assert.ok(table.includes(words), words);
});

interface Damage {
  readonly name: string;
  readonly path: string;
  readonly plant: (path: string) => void;
  readonly found: RegExp;
}

const session = layout.sessionFile;
const damages: readonly Damage[] = [
  { name: 'a flipped byte in a segment', path: audio, plant: (path) => flip(path, 0.4), found: /bad_crc/ },
  {
    name: 'a torn segment',
    path: audio,
    plant: (path) => truncateSync(path, readFileSync(path).length - 20),
    found: /torn/,
  },
  { name: 'an empty segment', path: audio, plant: (path) => writeFileSync(path, ''), found: /zero_bytes/ },
  { name: 'a removed segment', path: audio, plant: (path) => rmSync(path), found: /audio_missing/ },
  {
    name: 'garbage at the end of a segment',
    path: audio,
    plant: (path) => appendFileSync(path, 'garbage'),
    found: /garbage/,
  },
  { name: 'a removed sidecar', path: sidecar, plant: (path) => rmSync(path), found: /sidecar: missing/ },
  { name: 'a torn sidecar', path: sidecar, plant: (path) => truncateSync(path, 40), found: /sidecar: invalid/ },
  {
    name: 'a packet too few written',
    path: sidecar,
    plant: (path) => json(path, (value) => void value.packets.written--),
    found: /received = written/,
  },
  {
    name: 'a drop nobody received',
    path: sidecar,
    plant: (path) => json(path, (value) => Object.assign(value.packets, { dropped: { late: 3 } })),
    found: /received = written/,
  },
  {
    name: 'lost samples that were not filled',
    path: sidecar,
    plant: (path) => json(path, (value) => Object.assign(value, { lostSamples: 1920 })),
    found: /lost samples = /,
  },
  {
    name: 'concealment that is not in the file',
    path: sidecar,
    plant: (path) =>
      json(path, (value) =>
        Object.assign(value, { lostSamples: 1920, fill: { lossConcealed: 1920, lossSilence: 0, pause: 4800 } }),
      ),
    found: /concealed samples/,
  },
  {
    name: 'a wrong length',
    path: sidecar,
    plant: (path) => json(path, (value) => Object.assign(value, { samples: 960 })),
    found: /samples by TOC/,
  },
  {
    name: 'a segment still open',
    path: sidecar,
    plant: (path) => json(path, (value) => Object.assign(value, { status: 'open' })),
    found: /sidecar is final/,
  },
  {
    name: 'a torn journal line',
    path: layout.supervisorJournal,
    plant: (path) => appendFileSync(path, '{"v":1,'),
    found: /unreadable lines/,
  },
  {
    name: 'a journal without its start',
    path: layout.supervisorJournal,
    plant: (path) => edit(path, (text) => text.slice(text.indexOf('\n') + 1)),
    found: /journal +start/,
  },
  {
    name: 'a journal that knows a segment without a file',
    path: layout.supervisorJournal,
    plant: (path) => edit(path, (text) => text.replaceAll(stem, '000000048000-9')),
    found: /opened segments without a file/,
  },
  { name: 'a removed track', path: layout.track('1'), plant: (path) => rmSync(path), found: /track: missing/ },
  {
    name: 'a flipped byte in a track',
    path: layout.track('1'),
    plant: (path) => flip(path, 0.5),
    found: /Ada \(1\) track.*bad_crc/,
  },
  {
    name: 'a track of another length',
    path: layout.track('1'),
    plant: (path) => copyFileSync(audio, path),
    found: /Ada \(1\) track +samples/,
  },
  { name: 'a removed mix', path: layout.mix, plant: (path) => rmSync(path), found: /full\.ogg +mix/ },
  {
    name: 'a mix of another length',
    path: layout.mix,
    plant: (path) => copyFileSync(audio, path),
    found: /length against the recording/,
  },
  {
    name: 'a sum in session.json that is off by one',
    path: session,
    plant: (path) => json(path, (value) => void value.quality.received++),
    found: /quality\.received/,
  },
  {
    name: 'a session.json of another length',
    path: session,
    plant: (path) => json(path, (value) => Object.assign(value, { durationMs: 4000 })),
    found: /length in ms/,
  },
  {
    name: 'a session.json that forgot a segment',
    path: session,
    plant: (path) => json(path, (value) => void value.segments.pop()),
    found: /session\.json +segments/,
  },
  {
    name: 'a mix above -1 dBTP',
    path: session,
    plant: (path) =>
      json(path, (value) => Object.assign(value, { loudness: { integrated: -10, range: 1, truePeak: 0.3 } })),
    found: /true peak/,
  },
  {
    name: 'an unfinished session.json',
    path: session,
    plant: (path) => json(path, (value) => Object.assign(value, { status: 'muxing' })),
    found: /status: muxing/,
  },
  { name: 'a lost session.json', path: session, plant: (path) => rmSync(path), found: /readable: missing/ },
];

for (const { name, path, plant, found } of damages) {
  test(`verify finds ${name}`, { skip: ffmpeg.skip }, async () => {
    const kept = readFileSync(path);
    try {
      plant(path);
      const report = await verifyRecording(folder.path);
      assert.equal(report.ok, false);
      const bad = formatReport({ ...report, checks: report.checks.filter((check) => !check.ok) });
      assert.match(bad, found);
    } finally {
      writeFileSync(path, kept);
    }
  });
}

test('verify finds an encrypted packet, by its trailer alone not by its tail', async () => {
  const tag = [1, 2, 3, 4, 5, 6, 7, 8];
  const frame = Uint8Array.of(0xf8, ...new Uint8Array(40), ...tag, 0x85, 0x01, 13, 0xfa, 0xfa);
  assert.ok(hasDaveTrailer(frame));
  assert.ok(!hasDaveTrailer(frame.with(-3, 14)), 'a size that does not fit');
  assert.ok(!hasDaveTrailer(frame.with(-4, 0x81)), 'a nonce without an end');
  assert.ok(!hasDaveTrailer(Uint8Array.of(0xf8, 1, 2, 0xfa, 0xfa)), 'too short');
  using other = new TempFolder();
  const packets = [
    { packet: frame, samples: 960 },
    { packet: frame, samples: 960 },
  ];
  new RecordingBuilder(other.path).person({ userId: '1' }).end(second);
  const builder = new RecordingBuilder(other.path).person({ userId: '1' });
  builder.segment({ userId: '1', startSample: 0, packets });
  builder.end(second);
  const { checks } = await verifyRecording(other.path);
  assert.equal(checks.find(({ name }) => name === 'encrypted packets in files')?.ok, false);
});
