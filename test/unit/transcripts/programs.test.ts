import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { muxRecording, recordingLayout, transcriptSchema } from '@parley/mux';
import { RecordingBuilder, TempFolder } from '@parley/mux/testing';
import { pino } from 'pino';
import { transcribeCliPath } from '../../../packages/bot/src/transcripts/cli-path.ts';
import type { JobConfig } from '../../../packages/bot/src/transcripts/job/job-config.ts';
import { runTranscribeWith } from '../../../packages/bot/src/transcripts/service/run-transcribe.ts';
import { readSummary } from '../../../packages/bot/src/transcripts/summary/summary-file.ts';
import { encodePackets } from '../../../packages/mux/src/testing/tones.ts';
import { readWav } from '../../../scripts/lib/wav.ts';
import { need } from '../../lib/need.ts';

const second = 48_000;
const speech = join(import.meta.dirname, '../../fixtures/speech');
const clips = (
  JSON.parse(readFileSync(join(speech, 'speech.json'), 'utf8')) as { clips: { name: string; text: string }[] }
).clips;
const run = runTranscribeWith({ cliPath: transcribeCliPath, logger: pino({ level: 'silent' }) });
const listener = { progress: () => undefined, paid: () => undefined };

const config = (engine: Partial<JobConfig['engine']>): JobConfig => ({
  engine: {
    ...{ provider: 'pocketsphinx', baseUrl: 'http://127.0.0.1:1', model: null, apiKey: null, language: null },
    ...{ concurrency: 2, program: null, ...engine },
  },
  ...{ without: [], budget: { day: null, recording: null }, brain: null },
});

/** The words of the demo's people, each on a track of their own. */
const said = [
  { userId: '1', displayName: 'Ada', clip: 'ada-1', at: 1 },
  { userId: '2', displayName: 'Ben', clip: 'ben-2', at: 7 },
  { userId: '3', displayName: 'Cleo', clip: 'cleo-1', at: 60 },
];

const record = async (folder: string) => {
  const builder = new RecordingBuilder(folder);
  for (const { userId, displayName, clip, at } of said) {
    builder.person({ userId, displayName });
    const { samples } = readWav(readFileSync(join(speech, `${clip}.wav`)));
    // 16 kHz to 48 kHz: each sample three times; what that adds lies above 8 kHz.
    const wide = Float32Array.from(
      { length: samples.length * 3 },
      (_, i) => (samples[Math.floor(i / 3)] ?? 0) / 32_768,
    );
    builder.segment({ userId, startSample: at * second, packets: encodePackets(wide) });
  }
  builder.end(70 * second);
  await muxRecording(folder, { only: 'tracks' });
  builder.writeSession({ status: 'completed', durationMs: 70_000 });
  return recordingLayout(folder);
};

test(
  'pocketsphinx writes what each of the demo’s people said into their own rows, at the right time',
  need('pocketsphinx_continuous'),
  async () => {
    using temp = new TempFolder();
    const layout = await record(temp.file('r'));
    const end = await run(layout.root, config({}), listener, new AbortController().signal);
    assert.partialDeepStrictEqual(end, { kind: 'done', bound: null });
    const { segments } = transcriptSchema.parse(JSON.parse(readFileSync(layout.transcript, 'utf8')));
    for (const { userId, clip, at } of said) {
      const words = segments.filter((one) => one.userId === userId).flatMap((one) => one.words ?? []);
      const wanted = clips.find(({ name }) => name === clip)?.text.split(' ') ?? [];
      const heard = words.map(({ text }) => text);
      const right = wanted.filter((word) => heard.includes(word)).length;
      assert.ok(right / wanted.length > 0.7, `${clip}: ${heard.join(' ')}`);
      const first = words.find(({ text }) => text === wanted[0]);
      assert.ok(first !== undefined, `${clip} begins with ${wanted[0]}: ${heard.join(' ')}`);
      assert.ok(Math.abs(first.startSample / second - at - 0.2) < 0.5, `${first.startSample / second} s`);
    }
    assert.match((await readSummary(layout.root))?.text ?? '', /Ada/);
  },
);

/** Stands in for whisper.cpp's command: takes its arguments, writes the JSON it documents. */
const whisperScript = `#!/bin/sh
while [ $# -gt 0 ]; do case "$1" in -f) wav=$2; shift;; -of) out=$2; shift;; -m) model=$2; shift;; -l) lang=$2; shift;; esac; shift; done
[ -s "$wav" ] && [ -s "$model" ] || exit 3
[ "$(head -c 4 "$model")" = FAIL ] && exit 4
cat > "$out.json" <<JSON
{"params": {"language": "$lang"}, "transcription": [
 {"timestamps": {"from": "00:00:00,300", "to": "00:00:01,300"}, "offsets": {"from": 300, "to": 1300}, "text": " Good evening.",
  "tokens": [{"text": "[_BEG_]", "offsets": {"from": 0, "to": 0}}, {"text": " Good", "offsets": {"from": 300, "to": 700}},
   {"text": " even", "offsets": {"from": 700, "to": 1000}}, {"text": "ing", "offsets": {"from": 1000, "to": 1200}}, {"text": ".", "offsets": {"from": 1200, "to": 1300}}]},
 {"offsets": {"from": 1300, "to": 2000}, "text": " [BLANK_AUDIO]"}]}
JSON
`;

test('whisper.cpp’s JSON becomes words on the recording’s clock; without its model, or when it fails, that is said', async () => {
  using temp = new TempFolder();
  const layout = await record(temp.file('r'));
  const [program, model] = [temp.file('whisper-cli'), temp.file('model.bin')];
  writeFileSync(program, whisperScript);
  chmodSync(program, 0o755);
  writeFileSync(model, 'model');
  const go = (engine: Partial<JobConfig['engine']>) =>
    run(layout.root, config({ provider: 'whisper_cpp', program, ...engine }), listener, new AbortController().signal);
  assert.partialDeepStrictEqual(await go({ model: null }), { kind: 'failed', code: 'model_missing' });
  assert.partialDeepStrictEqual(await go({ model: temp.file('none') }), { kind: 'failed', code: 'model_missing' });
  assert.partialDeepStrictEqual(await go({ model, program: temp.file('nothing') }), {
    kind: 'failed',
    code: 'engine_missing',
  });
  writeFileSync(model, 'FAIL');
  assert.partialDeepStrictEqual(await go({ model }), { kind: 'failed', code: 'tool_failed' });
  writeFileSync(model, 'model');
  assert.partialDeepStrictEqual(await go({ model, language: 'en' }), { kind: 'done', segments: 3 });
  const [first] = transcriptSchema.parse(JSON.parse(readFileSync(layout.transcript, 'utf8'))).segments;
  assert.equal(first?.text, 'Good evening.');
  assert.deepEqual(
    first?.words?.map(({ text }) => text),
    ['Good', 'evening.'],
  );
  assert.ok(Math.abs((first?.startSample ?? 0) / second - 1) < 0.05);
});

test('a folder that is no recording is said, and never tried again', async () => {
  using temp = new TempFolder();
  const end = await run(temp.file('nowhere'), config({ provider: 'openai' }), listener, new AbortController().signal);
  assert.partialDeepStrictEqual(end, { kind: 'failed', code: 'gone' });
});
