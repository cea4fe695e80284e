import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { erasePeople, markForErasure, muxRecording, recordingLayout, transcriptSchema } from '@parley/mux';
import { RecordingBuilder, TempFolder, tonePackets } from '@parley/mux/testing';
import { systemClock } from '@parley/protocol';
import { OpenAiEngine } from '../../../packages/bot/src/transcripts/engines/openai-engine.ts';
import {
  type TranscribeOptions,
  transcribeRecording,
} from '../../../packages/bot/src/transcripts/job/transcribe-recording.ts';
import { summarize } from '../../../packages/bot/src/transcripts/summary/summarize.ts';
import { ChatModel } from '../../../packages/bot/src/transcripts/text-model/chat-model.ts';
import { OpenAiServer, type OpenAiServerOptions } from '../../providers/openai-server.ts';

const second = 48_000;
const nobody: ReadonlySet<string> = new Set();

/** Three people, each a tone at a few places: Ada at 1 and 20 s, Ben at 5 s, Cleo at 30 s; a second long each. */
const record = async (folder: string) => {
  const builder = new RecordingBuilder(folder);
  const said: [string, string, number[]][] = [
    ['1', 'Ada', [1, 20]],
    ['2', 'Ben', [5]],
    ['3', 'Cleo', [30]],
  ];
  for (const [userId, displayName, places] of said) {
    builder.person({ userId, displayName });
    for (const at of places) {
      const packets = tonePackets({ frequency: 300 + at, levelDb: -12 }, second);
      builder.segment({ userId, startSample: at * second, packets });
    }
  }
  builder.end(32 * second);
  await muxRecording(folder, { only: 'tracks' });
  builder.writeSession({ status: 'completed', durationMs: 32_000 });
  return recordingLayout(folder);
};

const open = async (options: OpenAiServerOptions = {}) => {
  const temp = new TempFolder();
  const server = await OpenAiServer.start(options);
  const layout = await record(temp.file('r'));
  const engine = (single = false, concurrency = 1) =>
    new OpenAiEngine({
      ...{ baseUrl: server.baseUrl, apiKey: 'sk-test', language: null, concurrency, clock: systemClock },
      ...{ model: single ? 'gpt-4o-transcribe' : 'whisper-1', random: () => 0 },
    });
  const run = (more: Partial<TranscribeOptions> = {}) =>
    transcribeRecording(layout.root, {
      ...{ engine: engine(), without: nobody, budget: { day: null, recording: null } },
      ...{ clock: systemClock, signal: new AbortController().signal, ...more },
    });
  const [transcript, parts] = [
    () => transcriptSchema.parse(JSON.parse(readFileSync(layout.transcript, 'utf8'))),
    () => readdirSync(layout.transcriptParts).length,
  ];
  return {
    ...{ server, layout, engine, run, transcript, parts },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      temp[Symbol.dispose]();
    },
  };
};

test('everybody’s words stand in the transcript where they were said', async () => {
  await using the = await open();
  const paid: number[] = [];
  const { bound } = await the.run({ engine: the.engine(false, 2), onPaid: (seconds) => paid.push(seconds) });
  assert.equal(bound, null);
  const { segments, made } = the.transcript();
  assert.deepEqual(
    segments.map(({ userId, startSample }) => [userId, Math.round(startSample / second)]),
    [
      ['1', 1],
      ['2', 5],
      ['1', 20],
      ['3', 30],
    ],
  );
  for (const { startSample, endSample, words } of segments) {
    assert.ok(Math.abs(startSample - Math.round(startSample / second) * second) < 0.05 * second);
    assert.ok(Math.abs(endSample - startSample - second) < 0.1 * second);
    assert.equal(words?.length, 2);
  }
  assert.partialDeepStrictEqual(made, { engine: 'openai', model: 'whisper-1', complete: true });
  assert.equal(the.server.requests, 3, 'one person, one file');
  assert.ok(the.server.atOnce <= 2);
  assert.equal(paid.length, 3);
  assert.match(readFileSync(the.layout.transcriptText('srt'), 'utf8'), /00:00:19,99\d --> 00:00:21/);
  assert.equal(existsSync(the.layout.transcriptWork), false);
});

test('a run that failed goes on where it was: nothing is paid for twice', async () => {
  await using the = await open();
  const engine = the.engine(true);
  the.server.failNext({ kind: 'slow', until: Promise.resolve() }, { kind: 'slow', until: Promise.resolve() });
  the.server.failNext({ kind: 'status', status: 401 });
  await assert.rejects(the.run({ engine }), /refused the key/);
  assert.equal(the.parts(), 2);
  assert.equal(existsSync(the.layout.transcript), false);
  const { seconds } = await the.run({ engine });
  assert.equal(the.server.transcriptions.length, 4);
  assert.ok(seconds < 4, 'only what was missing');
  assert.equal(the.transcript().segments.length, 4);
  await the.run({ engine });
  assert.equal(the.server.transcriptions.length, 4, 'and nothing when all of it is known');
});

test('a run that is ended in the middle keeps what it has heard', async () => {
  await using the = await open();
  const stop = new AbortController();
  const engine = the.engine(true);
  const running = the.run({ engine, signal: stop.signal, onPaid: () => stop.abort(new Error('ended')) });
  await assert.rejects(running, /ended/);
  assert.equal(the.parts(), 1);
  await the.run({ engine });
  assert.equal(the.server.transcriptions.length, 4);
});

test('another recognizer, or another language, hears it anew', async () => {
  await using the = await open();
  await the.run();
  await the.run({ engine: the.engine(true) });
  assert.equal(the.server.transcriptions.length, 3 + 4);
  assert.equal(the.parts(), 4, 'parts of the other one are gone');
});

test('nothing of who does not agree is sent, and what was heard of them earlier is gone', async () => {
  await using the = await open({ hear: ({ start }) => `word at ${start}` });
  await the.run();
  assert.equal(the.parts(), 3);
  await the.run({ without: new Set(['1']) });
  assert.equal(the.server.requests, 3);
  assert.equal(the.parts(), 2);
  assert.deepEqual([...new Set(the.transcript().segments.map(({ userId }) => userId))], ['2', '3']);
  assert.doesNotMatch(readFileSync(the.layout.transcriptText('md'), 'utf8'), /Ada/);
});

test('who is erased is heard no more, and the others cost nothing', async () => {
  await using the = await open();
  await the.run();
  await markForErasure(the.layout, '1');
  await erasePeople(the.layout);
  await muxRecording(the.layout.root, { only: 'tracks', force: true });
  const session = JSON.parse(readFileSync(the.layout.sessionFile, 'utf8'));
  new RecordingBuilder(the.layout.root).writeSession({ ...session, status: 'completed' });
  await the.run();
  assert.equal(the.server.requests, 3);
  assert.deepEqual(
    the.transcript().segments.map(({ userId }) => userId),
    ['2', '3'],
  );
});

const bounds: [name: string, budget: TranscribeOptions['budget'], requests: number, bound: string | null][] = [
  ['a day', { day: 3.5, recording: null }, 2, 'day'],
  ['a recording', { day: 100, recording: 1.7 }, 1, 'recording'],
  ['enough', { day: 6.5, recording: 6.5 }, 4, null],
];
for (const [name, budget, requests, bound] of bounds) {
  test(`no more is sent than the bound of ${name} allows, and what is there is a transcript`, async () => {
    await using the = await open();
    const done = await the.run({ engine: the.engine(true), budget });
    assert.equal(done.bound, bound);
    assert.equal(the.server.requests, requests);
    assert.equal(the.transcript().segments.length, requests);
    assert.equal(the.transcript().made?.complete, bound === null);
  });
}

test('a recording that is deleted meanwhile stays deleted', async () => {
  await using the = await open();
  const engine = the.engine(true);
  const gone = the.run({ engine, onPaid: () => rmSync(the.layout.root, { recursive: true }) });
  await assert.rejects(gone);
  assert.equal(existsSync(the.layout.root), false);
});

test('a summary shows the longest turns, or says it in the words of a model that gets only what it may', async () => {
  await using the = await open({ answer: () => 'They met at the castle.' });
  const done = await the.run();
  const options = { clock: systemClock, signal: new AbortController().signal, withoutAi: new Set(['2']) };
  const problems: unknown[] = [];
  const onProblem = (error: unknown) => problems.push(error);
  const extracted = await summarize(done, { ...options, model: null, onProblem });
  assert.equal(extracted.by, 'turns');
  assert.match(extracted.text, /^Ada, Ben and Cleo spoke; the recording is 0:32 long\./);
  assert.match(extracted.text, /0:04 Ben: word/);
  const model = new ChatModel({ baseUrl: the.server.baseUrl, model: 'm', apiKey: 'sk-test', clock: systemClock });
  const told = await summarize(done, { ...options, model, onProblem });
  assert.deepEqual([told.by, told.model, told.text], ['model', 'm', 'They met at the castle.']);
  assert.deepEqual(JSON.parse(readFileSync(the.layout.summary, 'utf8')), told);
  const data = the.server.chats[0]?.messages.at(-1)?.content ?? '';
  assert.match(data, /Ada/);
  assert.doesNotMatch(data, /Ben/);
  assert.deepEqual(await summarize(await the.run(), { ...options, model, onProblem }), told);
  assert.equal(the.server.chats.length, 1, 'the same words are not paid for again');
  const fewer = { ...options, withoutAi: new Set(['2', '3']), model, onProblem };
  assert.equal((await summarize(await the.run(), fewer)).by, 'model');
  assert.equal(the.server.chats.length, 2, 'others are');
  the.server.failNext({ kind: 'status', status: 500 });
  assert.equal((await summarize(done, { ...options, model, onProblem })).by, 'turns');
  assert.equal(problems.length, 1);
});
