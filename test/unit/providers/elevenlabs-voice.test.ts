import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { ElevenLabsProvider } from '../../../packages/bot/src/agent/provider/elevenlabs/elevenlabs-provider.ts';
import { elevenLabsCodeOf } from '../../../packages/bot/src/agent/provider/elevenlabs/elevenlabs-refusals.ts';
import { Bench, until } from '../../providers/conformance/bench.ts';
import { someConfig } from '../../providers/conformance/rig.ts';
import { elevenLabsRig } from '../../providers/elevenlabs/elevenlabs-rig.ts';
import { ElevenLabsServer } from '../../providers/elevenlabs/elevenlabs-server.ts';
import { phraseNamed } from '../../providers/shared/phrases.ts';

const never = new AbortController().signal;
const [one, two] = [phraseNamed('ada-1'), phraseNamed('ada-2')];

const say = (bench: Bench, text: string): string => {
  bench.session.addText({ role: 'assistant', text });
  return bench.session.requestResponse({ modality: 'audio' });
};

test('what was put into the conversation since the last response is spoken, word by word, and paid by the letter', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig);
  bench.session.addText({ role: 'assistant', text: 'It is time.' });
  bench.session.addText({ role: 'assistant', text: ' Let us go. ' });
  bench.session.requestResponse({ modality: 'audio' });
  const { usage } = await bench.ear.until('response_finished');
  say(bench, two.text);
  const second = await bench.ear.until('response_finished', 2);
  assert.equal(second.usage.characters, two.text.length);
  assert.deepEqual(rig.server.voices[0]?.spoken, ['It is time. Let us go.', two.text]);
  assert.equal(usage.characters, 'It is time. Let us go.'.length);
  const texts = bench.ear
    .all('output_transcript')
    .filter(({ responseId }) => responseId === bench.ear.all('response_started')[1]?.responseId);
  assert.equal(texts.at(-1)?.text, two.text);
  assert.ok(texts.slice(0, -1).every(({ text, final }) => !final && two.text.startsWith(text)));
  assert.ok(texts.length > 3, 'the words come as they are spoken');
});

test('a server that does not tell the words is taken at what it was asked to say', async () => {
  const rig = await elevenLabsRig();
  rig.server.voiceSwitches.tellsWords = false;
  await using bench = await Bench.connected(rig);
  say(bench, 'Roll the dice.');
  await bench.ear.until('response_finished');
  assert.deepEqual(
    bench.ear.all('output_transcript').map(({ text, final }) => [text, final]),
    [['Roll the dice.', true]],
  );
});

test('the address, the key and the first messages are as they are meant', async () => {
  await using server = await ElevenLabsServer.start({ tls: true });
  const provider = (trust: { ca?: string }) =>
    new ElevenLabsProvider({ baseUrl: server.baseUrl, apiKey: 'xi-test', clock: new FakeClock(), trust });
  const config = { ...someConfig, model: 'eleven_multilingual_v2', voice: 'Rachel/1' };
  await using session = provider({ ca: server.server.ca ?? '' }).open(config, () => undefined);
  await session.connect(never);
  session.addText({ role: 'assistant', text: 'Hello.' });
  session.requestResponse({ modality: 'audio' });
  await server.latest.until((messages) => messages.length === 4);
  const { path, query, headers } = server.latest.visit;
  assert.equal(path, '/v1/text-to-speech/Rachel%2F1/multi-stream-input');
  assert.deepEqual(Object.fromEntries(query), {
    model_id: 'eleven_multilingual_v2',
    output_format: 'pcm_24000',
    inactivity_timeout: '180',
    sync_alignment: 'true',
  });
  assert.equal(headers['xi-api-key'], 'xi-test');
  const schedule = { chunk_length_schedule: [50, 120, 200, 260] };
  assert.deepEqual(server.latest.received, [
    { text: ' ', context_id: 'context_1', generation_config: schedule },
    { text: 'Hello. ', context_id: 'context_1', flush: true },
    { context_id: 'context_1', close_context: true },
    { text: ' ', context_id: 'context_2', generation_config: schedule },
  ]);
  await using stranger = provider({}).open(config, () => undefined);
  await assert.rejects(stranger.connect(never), { code: 'unreachable' });
});

test('without a voice nothing is dialled', async () => {
  await using server = await ElevenLabsServer.start();
  const options = { baseUrl: server.baseUrl, apiKey: 'xi-test', clock: new FakeClock() };
  await using session = new ElevenLabsProvider(options).open({ ...someConfig, voice: '' }, () => undefined);
  await assert.rejects(session.connect(never), { code: 'bad_config', message: /no voice is set/ });
  assert.deepEqual(server.server.visits, []);
});

test('however often it is cut off, there are never more than five contexts, and what is said last is heard', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig);
  rig.failNext(...Array.from({ length: 8 }, () => ({ kind: 'stall_midway' }) as const));
  for (let n = 1; n <= 4; n += 1) {
    const request = say(bench, one.text);
    await bench.ear.until('response_started', n);
    bench.session.cancel(request);
  }
  await until(() => rig.server.voices[0]?.open === 5);
  const last = say(bench, two.text);
  await bench.ear.until('response_started', 5);
  bench.session.cancel(last);
  const waits = say(bench, two.text);
  await settle();
  assert.equal(bench.ear.all('response_started').length, 5);
  rig.server.failures.clear();
  // The simulator forgets what was cut off, as the real one does after a while.
  rig.server.voices[0]?.endAll();
  await bench.ear.until('response_finished', 6);
  assert.equal(bench.ear.all('response_started')[5]?.requestId, waits);
  assert.equal(bench.ear.all('response_finished')[5]?.status, 'completed');
  assert.deepEqual(rig.complaints(), []);
});

test('a context whose end is never told is over after 5 s', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig);
  rig.failNext(...Array.from({ length: 5 }, () => ({ kind: 'stall' }) as const));
  for (let n = 1; n <= 5; n += 1) {
    const request = say(bench, one.text);
    await until(() => rig.asked() === n);
    bench.session.cancel(request);
  }
  const waiting = say(bench, two.text);
  await settle();
  rig.server.voices[0]?.endAll(false);
  bench.clock.advance(4_999);
  await settle();
  assert.equal(rig.asked(), 5);
  bench.clock.advance(1);
  await bench.ear.until('response_finished');
  assert.equal(bench.ear.all('response_started')[0]?.requestId, waiting);
  assert.deepEqual(rig.complaints(), []);
});

test('what nobody heard is said again when it is asked for again, and only then', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig);
  rig.failNext({ kind: 'stall' }, { kind: 'stall' });
  const stalled = say(bench, one.text);
  await until(() => rig.asked() === 1);
  bench.session.cancel(stalled);
  bench.session.cancel(bench.session.requestResponse({ modality: 'audio' }));
  say(bench, two.text);
  await bench.ear.until('response_finished');
  assert.deepEqual(rig.server.voices[0]?.spoken, [one.text, one.text, two.text]);
  bench.session.requestResponse({ modality: 'audio' });
  assert.equal((await bench.ear.until('response_finished', 2)).status, 'failed');
  assert.deepEqual(bench.ear.warnings, ['nothing_to_say']);
});

test('a fresh socket says what was put into the conversation while there was none', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig, { context: [{ role: 'assistant', text: two.text }] });
  bench.session.requestResponse({ modality: 'audio' });
  await bench.ear.until('response_finished');
  assert.ok(bench.ear.pcm.equals(two.pcm(24_000)));
});

test('letters of what was never heard are told as paid for, and once', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig);
  rig.failNext({ kind: 'stall' });
  const stalled = say(bench, one.text);
  await until(() => rig.asked() === 1);
  bench.session.cancel(stalled);
  say(bench, two.text);
  const { usage } = await bench.ear.until('response_finished');
  assert.equal(usage.characters, two.text.length);
  assert.deepEqual(
    bench.ear.all('late_usage').map((event) => event.usage.characters),
    [one.text.length],
  );
});

test('a socket that is idle is kept alive, and one that was closed for it may be opened again', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig);
  bench.clock.advance(59_999);
  await settle();
  assert.equal(rig.messages(), 1);
  bench.clock.advance(1);
  await rig.server.latest.until((messages) => messages.length === 2);
  assert.deepEqual(rig.server.latest.received[1], { text: '', context_id: 'context_1' });
  rig.closeAll(1008, 'input_timeout_exceeded');
  const closed = await bench.ear.until('closed');
  assert.deepEqual([closed.code, closed.retryable], ['session_expired', true]);
});

test('a request for text is answered with the text, unspoken', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig);
  bench.session.addText({ role: 'assistant', text: one.text });
  const requestId = bench.session.requestResponse({ modality: 'text' });
  await bench.ear.until('response_finished');
  assert.equal(bench.ear.all('response_started')[0]?.requestId, requestId);
  assert.deepEqual(bench.ear.order, ['ready', 'response_started', 'output_transcript', 'response_finished']);
  assert.equal(rig.asked(), 0);
});

test("ElevenLabs' codes are understood wherever they stand, and no others", () => {
  for (const [words, code] of [
    ['{"detail":{"status":"invalid_api_key","message":"Invalid API key"}}', 'key_refused'],
    ['{"detail":{"status":"quota_exceeded"}}', 'quota_exhausted'],
    ['{"detail":{"status":"voice_not_found"}}', 'bad_config'],
    ['max_active_conversations', 'rate_limited'],
    ['{"detail":"Not Found"}', null],
    ['constructor', null],
    ['', null],
  ] as const) {
    assert.equal(elevenLabsCodeOf(words), code, words);
  }
});

test('what was cut off goes on in its context, and nothing of it is in what is said next', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig);
  let cut = false;
  bench.ear.react((event) => {
    if (event.type !== 'audio' || cut) return;
    cut = true;
    bench.session.cancel(event.responseId);
    say(bench, two.text);
  });
  say(bench, one.text);
  await bench.ear.until('response_finished', 2);
  const [, second] = bench.ear.all('response_started');
  const heard = bench.ear.all('audio').filter(({ responseId }) => responseId === second?.responseId);
  assert.ok(Buffer.concat(heard.map(({ pcm }) => pcm)).equals(two.pcm(24_000)));
});

test('letters of what was being said when the socket broke are told as paid for', async () => {
  const rig = await elevenLabsRig();
  await using bench = await Bench.connected(rig);
  rig.failNext({ kind: 'stall' });
  say(bench, one.text);
  await until(() => rig.asked() === 1);
  rig.dropAll();
  await bench.ear.until('closed');
  assert.equal(bench.ear.all('late_usage')[0]?.usage.characters, one.text.length);
});
