import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { OpenAiEngine } from '../../../packages/bot/src/transcripts/engines/openai-engine.ts';
import {
  TranscriptionError,
  type TranscriptionErrorCode,
} from '../../../packages/bot/src/transcripts/transcription-error.ts';
import { packPieces } from '../../../packages/mux/src/speech/speech-chunks.ts';
import { type Failure, OpenAiServer } from '../../providers/openai-server.ts';

const pcm = Int16Array.from({ length: 16_000 }, (_, i) => Math.round(8000 * Math.sin(i / 5)));
const [chunk] = [...packPieces([{ startSample: 0, pcm }], { maxSeconds: 60 })];
assert.ok(chunk);

const engineOf = (
  server: OpenAiServer,
  clock: FakeClock,
  more: Partial<ConstructorParameters<typeof OpenAiEngine>[0]> = {},
) =>
  new OpenAiEngine({
    ...{ baseUrl: server.baseUrl, model: 'whisper-1', apiKey: 'sk-test', language: null, concurrency: 1, clock },
    ...{ random: () => 0, fetch: counted, ...more },
  });

/** Requests on their way, of all tests: they run one after the other. */
let onTheirWay = 0;
const counted: typeof fetch = async (url, init) => {
  onTheirWay += 1;
  try {
    const response = await fetch(url, init);
    return new Response(await response.arrayBuffer(), response);
  } finally {
    onTheirWay -= 1;
  }
};

/** Moves the clock on, second by second, until the work is done: while nothing but time can help. At most an hour. */
const drive = async <T>(server: OpenAiServer, clock: FakeClock, work: Promise<T>): Promise<T> => {
  let done = false;
  const settled = work.finally(() => {
    done = true;
  });
  settled.catch(() => undefined);
  for (let moved = 0; !done && moved < 3600; ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await settle();
    if (done || clock.timers === 0 || (onTheirWay > 0 && server.stalled === 0)) continue;
    clock.advance(1000);
    moved += 1;
  }
  return await settled;
};

const never = new AbortController().signal;

test('what is said comes back with its words, in seconds of the chunk', async () => {
  await using server = await OpenAiServer.start({ hear: () => 'good evening' });
  const heard = await engineOf(server, new FakeClock(), { language: 'en' }).recognize(chunk, never, free);
  assert.equal(heard.length, 1);
  const [said] = heard;
  assert.equal(said?.text, 'good evening');
  assert.ok(Math.abs((said?.from ?? 0) - 0.3) < 0.03 && Math.abs((said?.to ?? 0) - 1.3) < 0.03);
  assert.deepEqual(
    said?.words?.map(({ text }) => text),
    ['good', 'evening'],
  );
  assert.partialDeepStrictEqual(server.transcriptions[0], {
    model: 'whisper-1',
    language: 'en',
    format: 'verbose_json',
    rate: 16_000,
  });
});

test('a model that knows no times gets one stretch at a time, and is asked for text', async () => {
  await using server = await OpenAiServer.start();
  const engine = engineOf(server, new FakeClock(), { model: 'gpt-4o-transcribe' });
  assert.equal(engine.chunks.single, true);
  const heard = await engine.recognize(chunk, never, free);
  assert.deepEqual(heard, [{ from: 0, to: chunk.seconds, text: 'word 1' }]);
  assert.equal(server.transcriptions[0]?.format, 'json');
});

const free = (): void => undefined;

const passing: [string, Failure[], seconds: number][] = [
  ['429 with a wish to wait', [{ kind: 'status', status: 429, headers: { 'retry-after': '17' } }], 17],
  ['500 three times', Array.from({ length: 3 }, () => ({ kind: 'status', status: 500 }) as const), 7],
  ['a connection that ends in the middle', [{ kind: 'drop' }], 1],
  ['no answer at all', [{ kind: 'stall' }], 62],
];
for (const [name, failures, seconds] of passing) {
  test(`is got over: ${name}`, async () => {
    await using server = await OpenAiServer.start();
    const clock = new FakeClock();
    const start = clock.now();
    server.failNext(...failures);
    const heard = await drive(server, clock, engineOf(server, clock).recognize(chunk, never, free));
    assert.equal(heard.length, 1);
    assert.equal(server.requests, failures.length + 1);
    const waited = (clock.now() - start) / 1000;
    assert.ok(waited >= seconds && waited <= seconds + 3, `${waited} s`);
    assert.equal(clock.timers, 0);
  });
}

const fatal: [string, Failure, TranscriptionErrorCode][] = [
  ['a key that is refused', { kind: 'status', status: 401 }, 'key_refused'],
  ['an account without money', { kind: 'status', status: 402 }, 'not_paid'],
  ['a quota that is used up', { kind: 'status', status: 429, code: 'insufficient_quota' }, 'not_paid'],
  ['a model there is not', { kind: 'status', status: 404 }, 'request_refused'],
  ['an answer of another form', { kind: 'garbage' }, 'bad_answer'],
  ['a wish to wait for an hour', { kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, 'rate_limited'],
];
for (const [name, failure, code] of fatal) {
  test(`is not tried again: ${name}`, async () => {
    await using server = await OpenAiServer.start();
    server.failNext(failure);
    await assert.rejects(
      engineOf(server, new FakeClock()).recognize(chunk, never, free),
      (error) => error instanceof TranscriptionError && error.code === code,
    );
    assert.equal(server.requests, 1);
  });
}

test('what fails again and again is given up after five tries', async () => {
  await using server = await OpenAiServer.start();
  server.failNext(...Array.from({ length: 9 }, () => ({ kind: 'status', status: 503 }) as const));
  const clock = new FakeClock();
  await assert.rejects(
    drive(server, clock, engineOf(server, clock).recognize(chunk, never, free)),
    /unavailable|reached/,
  );
  assert.equal(server.requests, 5);
});

test('an abort ends a request and a pause at once', async () => {
  await using server = await OpenAiServer.start();
  for (const failure of [{ kind: 'stall' }, { kind: 'status', status: 500 }] as const) {
    server.failNext(failure);
    const stop = new AbortController();
    const asked = server.requests;
    const clock = new FakeClock();
    const work = engineOf(server, clock).recognize(chunk, stop.signal, free);
    work.catch(() => undefined);
    while (server.requests === asked) await new Promise((resolve) => setTimeout(resolve, 2));
    stop.abort(new Error('enough'));
    await assert.rejects(work, /enough/);
    assert.equal(clock.timers, 0);
  }
});

test('what was answered is paid for, whether anything comes of it or not', async () => {
  const paidFor = async (...failures: Failure[]): Promise<number> => {
    await using server = await OpenAiServer.start();
    server.failNext(...failures);
    const clock = new FakeClock();
    let paid = 0;
    const heard = engineOf(server, clock).recognize(chunk, never, () => {
      paid += 1;
    });
    await drive(server, clock, heard).catch(() => []);
    return paid;
  };
  assert.equal(await paidFor(), 1);
  assert.equal(await paidFor({ kind: 'garbage' }), 1, 'an answer of another form');
  assert.equal(await paidFor({ kind: 'status', status: 500 }), 1, 'a refusal costs nothing');
  assert.equal(await paidFor({ kind: 'status', status: 401 }), 0);
});

test('an answer that is lost on its way was paid for as well', async () => {
  await using server = await OpenAiServer.start();
  const clock = new FakeClock();
  let asked = 0;
  const lost = new ReadableStream({ pull: (body) => body.error(new Error('connection lost')) });
  const request: typeof fetch = async (...args) => {
    asked += 1;
    return asked === 1 ? new Response(lost, { status: 200 }) : await fetch(...args);
  };
  let paid = 0;
  const heard = engineOf(server, clock, { fetch: request }).recognize(chunk, never, () => {
    paid += 1;
  });
  assert.equal((await drive(server, clock, heard)).length, 1);
  assert.deepEqual([asked, paid], [2, 2]);
});
