import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { erasePeople, markForErasure } from '../erase/erase-person.ts';
import { recordingLayout } from '../formats/recording-layout.ts';
import { muxRecording } from '../job/mux-recording.ts';
import { MuxError } from '../mux-error.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { openSpeech } from './open-speech.ts';
import { publishSummary, publishTranscript } from './publish-transcript.ts';
import { dropPartsBut, dropPartsOf, keepPart, readPart } from './transcript-parts.ts';
import { withdrawWords } from './withdraw-words.ts';

const second = 48_000;
const nobody: ReadonlySet<string> = new Set();
const key = (digit: string): string => digit.repeat(64);
const hasCode = (code: string) => (error: unknown) => error instanceof MuxError && error.code === code;
const said = (userId: string, from: number, text: string) => ({
  ...{ userId, startSample: from * second, endSample: (from + 1) * second, text },
});

const recorded = async (folder: string) => {
  const builder = new RecordingBuilder(folder)
    .person({ userId: '1', displayName: 'Ada' })
    .person({ userId: '2', displayName: 'Ben' });
  const packets = tonePackets({ frequency: 300, levelDb: -12 }, second);
  builder.segment({ userId: '1', startSample: second, packets });
  builder.segment({ userId: '2', startSample: 3 * second, packets });
  builder.end(6 * second);
  await muxRecording(folder, { only: 'tracks' });
  builder.writeSession({ status: 'completed', durationMs: 6000 });
  return recordingLayout(folder);
};

test('a recording that is not mixed yet is refused, and who is left out or to be erased is not among its people', async () => {
  using temp = new TempFolder();
  const layout = await recorded(temp.file('r'));
  assert.deepEqual(
    (await openSpeech(layout.root, nobody)).tracks.map(({ userId }) => userId),
    ['1', '2'],
  );
  assert.deepEqual(
    (await openSpeech(layout.root, new Set(['1']))).tracks.map(({ userId }) => userId),
    ['2'],
  );
  await markForErasure(layout, '2');
  assert.deepEqual(
    (await openSpeech(layout.root, nobody)).tracks.map(({ userId }) => userId),
    ['1'],
  );
  const session = JSON.parse(readFileSync(layout.sessionFile, 'utf8'));
  writeFileSync(layout.sessionFile, JSON.stringify({ ...session, status: 'muxing' }));
  await assert.rejects(openSpeech(layout.root, nobody), hasCode('mix_missing'));
});

test('a transcript is written in order of time, for programs and for people', async () => {
  using temp = new TempFolder();
  const layout = await recorded(temp.file('r'));
  const { source } = await openSpeech(layout.root, nobody);
  writeFileSync(layout.summary, '{}');
  const segments = await publishTranscript(source, { schema: 1, segments: [said('2', 3, 'two'), said('1', 1, 'one')] });
  assert.deepEqual(
    segments.map(({ text }) => text),
    ['one', 'two'],
  );
  assert.equal(existsSync(layout.summary), false, 'a summary of other words is gone');
  assert.match(readFileSync(layout.transcriptText('vtt'), 'utf8'), /00:00:01\.000 --> 00:00:02\.000\n<v Ada>one/);
  assert.match(readFileSync(layout.transcriptText('srt'), 'utf8'), /Ben: two/);
  assert.match(readFileSync(layout.transcriptText('md'), 'utf8'), /\*\*Ada\*\* \(00:00:01\)/);
  await publishSummary(source, segments, { schema: 1 });
  assert.deepEqual(JSON.parse(readFileSync(layout.summary, 'utf8')), { schema: 1 });
});

test('nothing is published, and no part kept, of who asked to be erased meanwhile', async () => {
  using temp = new TempFolder();
  const layout = await recorded(temp.file('r'));
  const { source } = await openSpeech(layout.root, nobody);
  await markForErasure(layout, '1');
  await assert.rejects(
    publishTranscript(source, { schema: 1, segments: [said('1', 1, 'one')] }),
    hasCode('erased_meanwhile'),
  );
  await assert.rejects(publishSummary(source, [said('1', 1, 'one')], {}), hasCode('erased_meanwhile'));
  await assert.rejects(keepPart(layout, '1', key('a'), []), hasCode('erased_meanwhile'));
  assert.equal(existsSync(layout.transcript), false);
  assert.deepEqual(readdirSync(layout.transcriptParts), []);
});

test('parts are kept by audio and recognizer, and read back for the same person only', async () => {
  using temp = new TempFolder();
  const layout = recordingLayout(temp.file('r'));
  mkdirSync(layout.root);
  const heard = [{ from: 0.5, to: 1, text: 'hello' }];
  await keepPart(layout, '1', key('a'), heard);
  await keepPart(layout, '2', key('b'), []);
  assert.deepEqual(readPart(layout, '1', key('a')), heard);
  assert.equal(readPart(layout, '2', key('a')), null);
  assert.equal(readPart(layout, '1', key('c')), null);
  writeFileSync(join(layout.transcriptParts, `${key('d')}.json`), '{"schema":1,');
  assert.equal(readPart(layout, '1', key('d')), null);
  await dropPartsBut(layout, new Set([key('a'), key('b')]));
  assert.deepEqual(readdirSync(layout.transcriptParts).length, 2);
  await dropPartsOf(layout, new Set(['1']));
  assert.deepEqual(readdirSync(layout.transcriptParts), [`${key('b')}.json`]);
  await assert.rejects(keepPart(layout, '1', '../x', []), RangeError);
});

test('who is erased leaves no word in transcript, texts, parts or summary', async () => {
  using temp = new TempFolder();
  const layout = await recorded(temp.file('r'));
  const { source } = await openSpeech(layout.root, nobody);
  await keepPart(layout, '1', key('a'), [{ from: 0, to: 1, text: 'marzipan' }]);
  await keepPart(layout, '2', key('b'), [{ from: 0, to: 1, text: 'nougat' }]);
  const segments = await publishTranscript(source, {
    schema: 1,
    segments: [said('1', 1, 'marzipan'), said('2', 3, 'nougat')],
  });
  await publishSummary(source, segments, { text: 'Ada said marzipan' });
  await markForErasure(layout, '1');
  const [erased] = await erasePeople(layout);
  assert.deepEqual(erased?.foreign, []);
  const texts = readdirSync(layout.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'));
  assert.ok(texts.every((text) => !text.includes('marzipan')));
  assert.ok(texts.some((text) => text.includes('nougat')));
});

test('what somebody said leaves the transcript, its texts, its parts and its summary, and nobody else’s does', async () => {
  using temp = new TempFolder();
  const layout = await recorded(temp.file('r'));
  const { source } = await openSpeech(layout.root, nobody);
  const segments = [said('1', 1, 'the castle'), said('2', 3, 'the river')];
  await publishTranscript(source, { schema: 1, segments });
  await publishSummary(source, segments, { text: 'They spoke of a castle and a river.' });
  await keepPart(layout, '1', key('a'), [{ from: 0, to: 1, text: 'the castle' }]);
  await keepPart(layout, '2', key('b'), [{ from: 0, to: 1, text: 'the river' }]);
  const left = await withdrawWords(layout.root, new Set(['1']), ({ segments: of }, { nameOf, durationMs }) => ({
    text: `${nameOf(of[0]?.userId ?? '')}, ${durationMs} ms`,
  }));
  assert.deepEqual(left?.segments, [segments[1]]);
  const files = readdirSync(layout.root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const texts = files.map((one) => readFileSync(join(one.parentPath, one.name)).toString('latin1'));
  assert.ok(!texts.some((text) => text.includes('castle')));
  assert.deepEqual(readPart(layout, '2', key('b')), [{ from: 0, to: 1, text: 'the river' }]);
  for (const format of ['md', 'vtt', 'srt'] as const) {
    const text = readFileSync(layout.transcriptText(format), 'utf8');
    assert.match(text, /the river/);
    assert.doesNotMatch(text, /Ada/);
  }
  assert.match(readFileSync(layout.transcriptText('vtt'), 'utf8'), /00:00:03\.000 --> 00:00:04\.000\n<v Ben>/);
  assert.deepEqual(JSON.parse(readFileSync(layout.summary, 'utf8')), { text: 'Ben, 6000 ms' });
});

test('a transcript that cannot be read goes with its texts, and where there is none nothing is made', async () => {
  using temp = new TempFolder();
  const layout = await recorded(temp.file('r'));
  const without = new Set(['1']);
  assert.equal(await withdrawWords(layout.root, without, () => ({})), null);
  assert.equal(existsSync(layout.summary), false);
  writeFileSync(layout.transcript, '{"segments": [');
  writeFileSync(layout.transcriptText('md'), 'the castle');
  writeFileSync(layout.summary, '{}');
  assert.equal(await withdrawWords(layout.root, without, () => ({})), null);
  for (const path of [layout.transcript, layout.transcriptText('md'), layout.summary])
    assert.equal(existsSync(path), false);
});
