import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { processStartTicks } from '../job/process-identity.ts';
import { MuxError, type MuxErrorCode } from '../mux-error.ts';
import { silenceFill } from '../ogg/silence.ts';
import { decodeStereo, lagOf, leftOf, toneLevel } from '../testing/decode.ts';
import { judge } from '../testing/judge.ts';
import { readZip } from '../testing/read-zip.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { snapshotOf } from '../testing/snapshot.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { type ExportOptions, exportRecording } from './export-recording.ts';

const second = 48_000;
const ffmpeg = judge('ffmpeg', 'ffmpeg');
const ffprobe = judge('ffprobe', 'ffmpeg');
const opusinfo = judge('opusinfo', 'opus-tools');
const unzip = judge('unzip', 'unzip');
const withFfmpeg = { skip: ffmpeg.skip || ffprobe.skip };
const real = { env: { FFMPEG_PATH: ffmpeg.path } };

const duration = 12 * second + 1777;
const trail = [...silenceFill(4800)];

/** Ada: 440 Hz from 2 s to 4 s; Björn/..: 1000 Hz from 3 s to 6 s; a pause from 7 s to 9 s; Ada again from 10 s to 11 s. */
const table = (folder: string): RecordingBuilder => {
  const builder = new RecordingBuilder(folder)
    .person({ userId: '1', displayName: 'Ada' })
    .person({ userId: '2', displayName: 'Björn/..\u202e' });
  const tone = (frequency: number, samples: number) => [...tonePackets({ frequency, levelDb: -12 }, samples), ...trail];
  builder.segment({ userId: '1', startSample: 2 * second, packets: tone(440, 2 * second) });
  builder.segment({ userId: '2', startSample: 3 * second, packets: tone(1000, 3 * second) });
  builder.segment({ userId: '1', startSample: 10 * second, packets: tone(440, second) });
  builder.note(7 * second, { type: 'pause', on: true });
  builder.note(9 * second, { type: 'pause', on: false });
  builder.note(5 * second, { type: 'marker', userId: '1', text: 'the\tpoint' });
  return builder.end(duration);
};

interface Exported {
  readonly names: readonly string[];
  /** Left channel of an entry, decoded by ffmpeg. */
  readonly audio: (name: string) => Float32Array;
  readonly text: (name: string) => string;
  readonly path: (name: string) => string;
}

const exported = async (folder: TempFolder, options: ExportOptions): Promise<Exported> => {
  const out = folder.file('export.zip');
  await exportRecording(folder.file('rec'), { ffmpeg: real, out, ...options });
  const entries = new Map(readZip(out).map(({ name, bytes }) => [name, bytes]));
  const path = (name: string): string => {
    const bytes = entries.get(name);
    assert.ok(bytes, `${name} is missing among ${[...entries.keys()].join(', ')}`);
    const file = folder.file(`entry-${name.replaceAll('/', '-')}`);
    writeFileSync(file, bytes);
    return file;
  };
  return {
    names: [...entries.keys()],
    path,
    audio: (name) => leftOf(decodeStereo(ffmpeg.path, path(name))),
    text: (name) => entries.get(name)?.toString('utf8') ?? '',
  };
};

/** Codec and length in seconds, as ffprobe sees them. */
const probe = (path: string): [codec: string, seconds: number] => {
  const shown = ['-show_entries', 'stream=codec_name:format=duration', '-of', 'csv=p=0'];
  const words = execFileSync(ffprobe.path, ['-v', 'error', ...shown, path], { encoding: 'utf8' });
  const [codec = '', seconds] = words.split('\n');
  return [codec, Number(seconds)];
};

const hears = (audio: Float32Array, frequency: number, from: number, to: number): number =>
  toneLevel(audio, frequency, from * second, to * second);

test(
  'each person comes out where they spoke, in every format, exactly as long as the recording',
  withFfmpeg,
  async () => {
    using folder = new TempFolder();
    table(folder.file('rec'));
    const before = snapshotOf(folder.file('rec'));
    const { names, audio, path } = await exported(folder, { formats: ['opus', 'flac', 'wav', 'm4a'] });
    const [ada, bjoern] = ['01 Ada', '02 Björn_'];
    assert.deepEqual(names, [
      ...[`opus/${ada}.ogg`, `opus/${bjoern}.ogg`, `flac/${ada}.flac`, `flac/${bjoern}.flac`],
      ...[`wav/${ada}.wav`, `wav/${bjoern}.wav`, `m4a/${ada}.m4a`, `m4a/${bjoern}.m4a`],
    ]);
    for (const name of names) {
      const samples = audio(name);
      const [codec, seconds] = probe(path(name));
      assert.equal(codec, { ogg: 'opus', flac: 'flac', wav: 'pcm_s16le', m4a: 'aac' }[name.split('.').at(-1) ?? '']);
      assert.ok(Math.abs(seconds - duration / second) < 0.05, `${name}: ${seconds} s`);
      if (!name.startsWith('m4a')) assert.equal(samples.length, duration, name);
      else assert.ok(Math.abs(samples.length - duration) <= 2048, `${name}: ${samples.length}`);
      const [own, other, from, to] = name.includes(ada) ? [440, 1000, 2, 4] : [1000, 440, 3, 6];
      assert.ok(Math.abs(hears(samples, own, from + 0.1, to - 0.1) + 12) <= 0.5, name);
      assert.ok(hears(samples, other, from + 0.1, to - 0.1) < -60, name);
      assert.ok(hears(samples, own, from - 0.3, from - 0.02) < -60, `${name} begins early`);
      assert.ok(hears(samples, own, to + 0.05, to + 0.3) < -60, `${name} ends late`);
    }
    if (opusinfo.present) {
      assert.doesNotMatch(
        execFileSync(opusinfo.path, [path(`opus/${ada}.ogg`)], { encoding: 'utf8' }),
        /WARN|ERROR|Note/,
      );
    }
    assert.deepEqual(snapshotOf(folder.file('rec')), before, 'nothing of the recording is changed');
  },
);

test('a range is exact to the sample in WAV and FLAC, and carries what sounds at its edges', withFfmpeg, async () => {
  using folder = new TempFolder();
  table(folder.file('rec'));
  const [from, to] = [2 * second + 12_345, 5 * second + 17];
  const whole = await exported(folder, { formats: ['wav'] });
  const part = await exported(folder, { formats: ['wav', 'flac', 'opus'], from, to });
  for (const [name, own, frequency] of [
    ['01 Ada', 440, 1000],
    ['02 Björn_', 1000, 440],
  ] as const) {
    const reference = whole.audio(`${name}.wav`).subarray(from, to);
    for (const file of [`wav/${name}.wav`, `flac/${name}.flac`, `opus/${name}.ogg`]) {
      const samples = part.audio(file);
      assert.equal(samples.length, to - from, file);
      const worst = samples.reduce((most, value, i) => Math.max(most, Math.abs(value - (reference[i] ?? 9))), 0);
      assert.ok(worst < 1e-3, `${file} differs by ${worst} (${own} Hz, not ${frequency})`);
    }
  }
});

test('with pauses cut everything after them moves up, and nobody loses a word', withFfmpeg, async () => {
  using folder = new TempFolder();
  table(folder.file('rec'));
  const { audio, text } = await exported(folder, { formats: ['wav', 'labels'], cutPauses: true });
  const samples = audio('01 Ada.wav');
  assert.equal(samples.length, duration - 2 * second);
  assert.ok(Math.abs(hears(samples, 440, 8.1, 8.9) + 12) <= 0.5);
  assert.doesNotMatch(text('labels.txt'), /Paused/);
});

test('the mix holds everybody at the level they spoke with', withFfmpeg, async () => {
  using folder = new TempFolder();
  table(folder.file('rec'));
  for (const format of ['mp3', 'mix-flac', 'mix-ogg'] as const) {
    const out = folder.file(`mix.${format}`);
    const result = await exportRecording(folder.file('rec'), { formats: [format], out, ffmpeg: real, from: second });
    assert.deepEqual([result.file, result.samples, result.people], [out, duration - second, ['1', '2']]);
    assert.equal(result.bytes, statSync(out).size);
    assert.equal(statSync(out).mode & 0o777, 0o600);
    const samples = leftOf(decodeStereo(ffmpeg.path, out));
    const tolerance = format === 'mp3' ? 2400 : 0;
    assert.ok(Math.abs(samples.length - result.samples) <= tolerance, `${format}: ${samples.length}`);
    assert.ok(Math.abs(hears(samples, 440, 2.2, 2.8) + 12) <= 0.5, `${format}: Ada among both`);
    assert.ok(Math.abs(hears(samples, 1000, 3.2, 4.8) + 12) <= 0.5, `${format}: Björn alone`);
    assert.ok(hears(samples, 440, 3.2, 4.8) < -60, format);
  }
});

test(
  'labels and project tell who speaks when, the pause and the marker, and where the tracks lie',
  withFfmpeg,
  async () => {
    using folder = new TempFolder();
    table(folder.file('rec'));
    const { names, text } = await exported(folder, { formats: ['labels', 'reaper', 'flac'], from: second });
    assert.deepEqual(names, ['01 Ada.flac', '02 Björn_.flac', 'labels.txt', 'project.rpp']);
    assert.equal(
      text('labels.txt'),
      [
        ['1.000000', '3.000000', 'Ada'],
        ['2.000000', '5.000000', 'Björn/..'],
        ['4.000000', '4.000000', 'the point'],
        ['6.000000', '8.000000', 'Paused'],
        ['9.000000', '10.000000', 'Ada'],
      ]
        .map((fields) => `${fields.join('\t')}\n`)
        .join(''),
    );
    const project = text('project.rpp');
    for (const line of [
      '  MARKER 1 4.000000000 "the point" 0',
      '  MARKER 2 6.000000000 "Paused" 1',
      '  MARKER 2 8.000000000 "" 1',
      '    NAME "Björn/.."',
      '      LENGTH 11.037020833',
      '      <SOURCE FLAC',
      '        FILE "02 Björn_.flac"',
    ]) {
      assert.ok(project.includes(`${line}\n`), `${line} in\n${project}`);
    }
  },
);

test('a clip of many needs no ffmpeg, and sounds like the mix', withFfmpeg, async () => {
  using folder = new TempFolder();
  table(folder.file('rec'));
  const nothing = { env: { FFMPEG_PATH: '/nowhere/ffmpeg' } };
  const [from, to] = [2.5 * second + 333, 5 * second];
  const [ogg, flac] = [folder.file('mix.ogg'), folder.file('mix.flac')];
  await exportRecording(folder.file('rec'), { formats: ['mix-ogg'], out: ogg, ffmpeg: nothing, from, to });
  await exportRecording(folder.file('rec'), { formats: ['mix-flac'], out: flac, ffmpeg: real, from, to });
  const [made, reference] = [ogg, flac].map((path) => leftOf(decodeStereo(ffmpeg.path, path))) as [
    Float32Array,
    Float32Array,
  ];
  assert.deepEqual([made.length, reference.length], [to - from, to - from]);
  const some = reference.subarray(second / 2, second);
  assert.ok(Math.abs(lagOf(made, some, second / 2, 200)) <= 2);
  for (const hz of [440, 1000]) assert.ok(Math.abs(hears(made, hz, 0.6, 1.4) + 12) <= 0.5, `${hz} Hz`);
  if (opusinfo.present) assert.doesNotMatch(execFileSync(opusinfo.path, [ogg], { encoding: 'utf8' }), /WARN|ERROR/);
});

test('a zip is one to others too, names in UTF-8', { skip: withFfmpeg.skip || unzip.skip }, async () => {
  using folder = new TempFolder();
  table(folder.file('rec'));
  const out = folder.file('x.zip');
  await exportRecording(folder.file('rec'), { formats: ['opus', 'labels'], out });
  assert.match(execFileSync(unzip.path, ['-t', out], { encoding: 'utf8' }), /No errors detected/);
  assert.ok(readZip(out).every(({ utf8 }) => utf8));
});

test('who is left out cannot be heard, and who opted out is not in what asks for consent', withFfmpeg, async () => {
  using folder = new TempFolder();
  const builder = table(folder.file('rec'));
  builder.note(11.5 * second, { type: 'consent', userId: '2', state: 'opted_out', textVersion: 1 }).writeJournal();
  const run = async (options: Partial<ExportOptions>): Promise<[readonly string[], Float32Array]> => {
    const out = folder.file('mix.flac');
    const { people } = await exportRecording(folder.file('rec'), {
      formats: ['mix-flac'],
      out,
      ffmpeg: real,
      ...options,
    });
    return [people, leftOf(decodeStereo(ffmpeg.path, out))];
  };
  const [all] = await run({});
  assert.deepEqual(all, ['1', '2']);
  for (const options of [{ consenting: true }, { without: new Set(['2']) }]) {
    const [people, samples] = await run(options);
    assert.deepEqual(people, ['1']);
    assert.ok(hears(samples, 1000, 3.1, 5.9) < -70);
    assert.ok(Math.abs(hears(samples, 440, 2.1, 2.9) + 12) <= 0.5);
  }
  await fails({ formats: ['mix-flac'], consenting: true, without: new Set(['1']) }, 'nothing_in_range', folder);
});

const fails = async (options: ExportOptions, code: MuxErrorCode, folder: TempFolder): Promise<MuxError> => {
  const out = folder.file('none');
  const error = await exportRecording(folder.file('rec'), { ffmpeg: real, out, ...options }).then(
    () => assert.fail('it should not work'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof MuxError && error.code === code, String(error));
  return error;
};

const refusals: [what: string, options: ExportOptions, code: MuxErrorCode, words: RegExp][] = [
  [
    'a start after the end',
    { formats: ['opus'], from: 13 * second },
    'range_outside',
    /is 0:12\.037 long.*from 0:13 on/,
  ],
  ['an end far beyond the end', { formats: ['opus'], to: 20 * second }, 'range_outside', /0:20 lies beyond/],
  [
    'an end before the start',
    { formats: ['opus'], from: 5 * second, to: 4 * second },
    'range_outside',
    /after the start/,
  ],
  [
    'a range without a voice',
    { formats: ['opus'], from: 7 * second, to: 9 * second },
    'nothing_in_range',
    /0:07 and 0:09/,
  ],
  ['a transcript there is not', { formats: ['vtt'] }, 'transcript_missing', /no .*transcript\.json/],
  ['a place that is not there', { formats: ['opus'], out: '/nowhere/x.zip' }, 'bad_output', /x\.zip cannot be written/],
];
for (const [what, options, code, words] of refusals) {
  test(`${what} is refused in words, and nothing is left behind`, async () => {
    using folder = new TempFolder();
    table(folder.file('rec'));
    const before = snapshotOf(folder.path);
    const error = await fails(options, code, folder);
    assert.match(error.message, words);
    assert.deepEqual(snapshotOf(folder.path), before);
  });
}

test('an ffmpeg that fails, and an abort, leave nothing', withFfmpeg, async () => {
  using folder = new TempFolder();
  table(folder.file('rec'));
  const before = snapshotOf(folder.path);
  const stop = new AbortController();
  const aborted = exportRecording(folder.file('rec'), {
    formats: ['opus', 'wav'],
    out: folder.file('a.zip'),
    ffmpeg: real,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await assert.rejects(aborted, { name: 'AbortError' });
  const missing = { env: { FFMPEG_PATH: '/nowhere/ffmpeg' } };
  await fails({ formats: ['flac'], ffmpeg: missing, out: folder.file('b.zip') }, 'ffmpeg_missing', folder);
  assert.deepEqual(snapshotOf(folder.path), before);
});

test('what a killed export left is cleared by the next; anything else in the way is left alone', async () => {
  using folder = new TempFolder();
  table(folder.file('rec'));
  const out = folder.file('x.zip');
  mkdirSync(`${out}.tmp`);
  writeFileSync(`${out}.tmp/mux.lock`, '999999999 1');
  writeFileSync(`${out}.tmp/track.ogg`, 'left');
  await exportRecording(folder.file('rec'), { formats: ['opus'], out });
  assert.ok(existsSync(out) && !existsSync(`${out}.tmp`));
  mkdirSync(`${out}.tmp`);
  writeFileSync(`${out}.tmp/mine`, 'precious');
  await fails({ formats: ['opus'], out }, 'bad_output', folder);
  assert.deepEqual(readdirSync(`${out}.tmp`), ['mine']);
  writeFileSync(`${out}.tmp/mux.lock`, `${process.pid} ${processStartTicks(process.pid)}`);
  await fails({ formats: ['opus'], out }, 'busy', folder);
  await fails({ formats: ['opus'], out: folder.file('rec') }, 'bad_output', folder);
});

test('the same export twice is the same file', withFfmpeg, async () => {
  using folder = new TempFolder();
  table(folder.file('rec'));
  const make = async (): Promise<Buffer[]> => {
    await exportRecording(folder.file('rec'), {
      formats: ['opus', 'flac', 'reaper'],
      out: folder.file('z'),
      ffmpeg: real,
    });
    return readZip(folder.file('z')).map(({ bytes }) => bytes);
  };
  assert.deepEqual(await make(), await make());
});
