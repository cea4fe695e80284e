import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GoogleGenAI, type LiveServerMessage, Modality } from '@google/genai';
import { FakeClock, settle } from '@parley/protocol/testing';
import { GeminiProvider } from '../../../packages/bot/src/agent/provider/gemini/gemini-provider.ts';
import { geminiCodeOf } from '../../../packages/bot/src/agent/provider/gemini/gemini-refusals.ts';
import { Bench, until } from '../../providers/conformance/bench.ts';
import { someConfig } from '../../providers/conformance/rig.ts';
import { geminiRig } from '../../providers/gemini/gemini-rig.ts';
import { GeminiServer } from '../../providers/gemini/gemini-server.ts';
import { asMessage } from '../../providers/gemini/gemini-sim-session.ts';
import { phraseNamed } from '../../providers/shared/phrases.ts';

const never = new AbortController().signal;
const first = phraseNamed('ada-1');
const speech = new Uint8Array(6_400).fill(1);

const call = (name: string, text = '') => ({ name, arguments: JSON.stringify({ text }) });

test("Google's own client holds a conversation with the simulator, calls a function and goes on", async () => {
  await using server = await GeminiServer.start({
    scenario: {
      answer: ({ number }) =>
        number === 1 ? { kind: 'call', calls: [call('note', 'dice')] } : { kind: 'say', phrase: phraseNamed('ada-1') },
    },
  });
  const client = new GoogleGenAI({ apiKey: 'AIza-test', vertexai: false, httpOptions: { baseUrl: server.baseUrl } });
  const heard: LiveServerMessage[] = [];
  const called = Promise.withResolvers<string>();
  const done = Promise.withResolvers<void>();
  const session = await client.live.connect({
    model: 'gemini-2.5-flash-native-audio-preview-12-2025',
    config: {
      responseModalities: [Modality.AUDIO],
      tools: [{ functionDeclarations: [{ name: 'note' }] }],
      realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
      inputAudioTranscription: {},
      outputAudioTranscription: {},
    },
    callbacks: {
      onmessage: (message) => {
        heard.push(message);
        const id = message.toolCall?.functionCalls?.[0]?.id;
        if (id !== undefined) called.resolve(id);
        if (message.serverContent?.turnComplete) done.resolve();
      },
      onerror: done.reject,
    },
  });
  session.sendRealtimeInput({ activityStart: {} });
  session.sendRealtimeInput({
    audio: { data: Buffer.alloc(32_000).toString('base64'), mimeType: 'audio/pcm;rate=16000' },
  });
  session.sendRealtimeInput({ activityEnd: {} });
  session.sendToolResponse({
    functionResponses: { id: await called.promise, name: 'note', response: { output: 'ok' } },
  });
  await done.promise;
  const data = heard.flatMap(
    ({ serverContent }) => serverContent?.modelTurn?.parts?.map(({ inlineData }) => inlineData?.data ?? '') ?? [],
  );
  assert.ok(Buffer.concat(data.map((one) => Buffer.from(one, 'base64'))).equals(first.pcm(24_000)));
  const textOf = (kind: 'inputTranscription' | 'outputTranscription') =>
    heard
      .map(({ serverContent }) => serverContent?.[kind]?.text ?? '')
      .join('')
      .trim();
  assert.deepEqual([textOf('inputTranscription'), textOf('outputTranscription')], [first.text, first.text]);
  assert.deepEqual(server.complaints, []);
  session.close();
  await server.latest.untilEnded();
});

test("Google's own client is told its mistakes by the simulator: a wrong key, an unknown model", async () => {
  await using server = await GeminiServer.start({ models: ['gemini-live'] });
  const connect = (apiKey: string, model: string) =>
    new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl: server.baseUrl } }).live.connect({
      model,
      callbacks: { onmessage: () => undefined },
    });
  await assert.rejects(connect('AIza-wrong', 'gemini-live'), /400/);
  await assert.rejects(connect('AIza-test', 'gemini-99'), /gemini-99 is not found/);
});

test('the configuration arrives as it is meant, and whoever speaks TLS has to be trusted', async () => {
  await using server = await GeminiServer.start({ tls: true });
  const provider = (trust: { ca?: string }) =>
    new GeminiProvider({ baseUrl: server.baseUrl, apiKey: 'AIza-test', clock: new FakeClock(), trust });
  await using session = provider({ ca: server.server.ca ?? '' }).open(
    { ...someConfig, model: 'gemini-live', voice: 'Aoede' },
    () => undefined,
  );
  await session.connect(never);
  const parametersJsonSchema = { type: 'object', properties: {} };
  assert.deepEqual(server.latest.received, [
    {
      setup: {
        model: 'models/gemini-live',
        generationConfig: {
          responseModalities: ['AUDIO'],
          speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Aoede' } } },
        },
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        tools: [{ functionDeclarations: [{ name: 'note', description: 'Takes a note.', parametersJsonSchema }] }],
        realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
        inputAudioTranscription: {},
        outputAudioTranscription: {},
        sessionResumption: {},
        contextWindowCompression: { slidingWindow: {} },
      },
    },
  ]);
  await using stranger = provider({}).open(someConfig, () => undefined);
  await assert.rejects(stranger.connect(never), { code: 'unreachable' });
});

test('a model that does not exist is named when it is asked for', async () => {
  await using server = await GeminiServer.start({ models: ['gemini-live'] });
  const options = { baseUrl: server.baseUrl, apiKey: 'AIza-test', clock: new FakeClock() };
  await using session = new GeminiProvider(options).open(someConfig, () => undefined);
  await assert.rejects(session.connect(never), { code: 'model_unknown', retryable: false });
});

test("Google's words for a refusal are understood, and no others", () => {
  for (const [words, code] of [
    ['API key not valid. Please pass a valid API key.', 'key_refused'],
    ['{"error":{"details":[{"reason":"API_KEY_INVALID"}]}}', 'key_refused'],
    ['You exceeded your current quota, please check your plan and billing details.', 'quota_exhausted'],
    ['{"error":{"status":"RESOURCE_EXHAUSTED"}}', 'rate_limited'],
    ['models/gemini-99 is not found for API version v1beta', 'model_unknown'],
    ['Request contains an invalid argument.', null],
    ['', null],
  ] as const) {
    assert.equal(geminiCodeOf(words), code, words);
  }
});

test('a turn is answered without being asked for, by a response that names no request', async () => {
  await using bench = await Bench.connected(await geminiRig());
  bench.turn();
  assert.equal((await bench.ear.until('response_finished')).status, 'completed');
  assert.deepEqual(
    bench.ear.all('response_started').map(({ requestId }) => requestId),
    [null],
  );
  assert.deepEqual(bench.ear.order, [
    ...['ready', 'input_transcript', 'response_started', 'audio'],
    ...bench.ear.order.slice(4, -2),
    ...['response_finished', 'resumable'],
  ]);
});

test('what is said over the model stops it: one end, and the next answer is the next turn’s', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  rig.failNext({ kind: 'stall_midway' });
  bench.turn();
  await bench.ear.until('audio');
  bench.turn();
  await bench.ear.until('response_finished', 2);
  assert.deepEqual(
    bench.ear.all('response_finished').map(({ status }) => status),
    ['cancelled', 'completed'],
  );
  const [, second] = bench.ear.all('response_started');
  const heard = bench.ear.all('audio').filter(({ responseId }) => responseId === second?.responseId);
  const whole = Buffer.concat(heard.map(({ pcm }) => pcm));
  assert.ok(whole.equals(phraseNamed('ada-2').pcm(24_000)), 'nothing of the first answer is in the second');
  assert.deepEqual(rig.complaints(), []);
});

test('a cancelled answer is over at once, and what still comes of it is in no other', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  bench.ask();
  const { responseId } = await bench.ear.until('audio');
  bench.session.cancel(responseId);
  assert.equal(bench.ear.all('response_finished')[0]?.status, 'cancelled');
  bench.session.requestResponse({ modality: 'audio' });
  await bench.ear.until('response_finished', 2);
  const [late] = bench.ear.all('late_usage');
  const [, second] = bench.ear.all('response_started');
  const heard = bench.ear.all('audio').filter((event) => event.responseId === second?.responseId);
  assert.ok(Buffer.concat(heard.map(({ pcm }) => pcm)).equals(phraseNamed('ada-2').pcm(24_000)));
  assert.equal(late?.usage.inputAudioTokens, 25, 'what it cost is told when it is known');
  assert.deepEqual(rig.complaints(), []);
});

test('tokens are told as they grow: what all responses cost together is what the session cost', async () => {
  await using bench = await Bench.connected(await geminiRig());
  for (let n = 1; n <= 3; n += 1) {
    bench.ask();
    await bench.ear.until('response_finished', n);
  }
  const usages = bench.ear.all('response_finished').map(({ usage }) => usage);
  assert.deepEqual(
    usages.map(({ inputTextTokens }) => inputTextTokens),
    [100, 100, 100],
  );
  assert.deepEqual(
    usages.map(({ inputAudioTokens }) => inputAudioTokens),
    [25, 25, 25],
  );
  assert.ok(usages.every(({ outputAudioTokens }) => outputAudioTokens > 20 && outputAudioTokens < 200));
});

test('calls that come together are answered together, each once, and the model goes on by itself', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  rig.answerNext({ kind: 'call', calls: [call('note', 'a'), call('note', 'b')] });
  bench.turn();
  assert.equal((await bench.ear.until('response_finished')).status, 'completed');
  const [one, two] = bench.ear.all('tool_call').map(({ callId }) => callId);
  bench.session.submitToolResult(two ?? '', 'second');
  await settle();
  assert.deepEqual(rig.toolResults(), []);
  bench.session.submitToolResult(one ?? '', 'first');
  const requestId = bench.session.requestResponse({ modality: 'audio' });
  await bench.ear.until('response_finished', 2);
  assert.deepEqual(rig.toolResults(), ['second', 'first']);
  assert.equal(bench.ear.all('response_started')[1]?.requestId, requestId);
  assert.equal(rig.asked(), 1, 'the results are what is answered');
  assert.deepEqual(rig.complaints(), []);
});

test('a call the model takes back is told as cancelled, and its result goes nowhere', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  rig.answerNext({ kind: 'call', calls: [call('note')] });
  bench.turn();
  const { callId } = await bench.ear.until('tool_call');
  await bench.ear.until('response_finished');
  bench.turn();
  assert.equal((await bench.ear.until('tool_call_cancelled')).callId, callId);
  bench.session.submitToolResult(callId, 'late');
  await bench.ear.until('response_finished', 2);
  assert.deepEqual(rig.toolResults(), []);
  assert.deepEqual(bench.ear.warnings, ['tool_result_unasked']);
  assert.deepEqual(rig.complaints(), []);
});

test('a call of an answer nobody waits for is answered here, so that the model is not stuck', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  rig.answerNext({ kind: 'call', calls: [call('note')], phrase: first });
  const requestId = bench.ask();
  await bench.ear.until('audio');
  bench.session.cancel(requestId);
  await until(() => rig.toolResults().length === 1);
  assert.match(rig.toolResults()[0] ?? '', /cancelled/);
  assert.deepEqual(bench.ear.all('tool_call'), []);
});

test('texts wait until they stop nobody, and stand before what is said next', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.failNext({ kind: 'held', until: promise });
  bench.ask();
  bench.session.addText({ role: 'user', text: 'Ada speaks now.' });
  bench.session.updateInstructions('Be long.');
  await settle();
  assert.deepEqual(rig.contextTexts(), []);
  resolve();
  assert.equal((await bench.ear.until('response_finished')).status, 'completed');
  bench.ask();
  await bench.ear.until('response_finished', 2);
  assert.deepEqual(
    rig.contextTexts().map((text) => text.replace(/^.*: /, '')),
    ['Ada speaks now.', 'Be long.'],
  );
  const kinds = rig.server.latest.received.map(
    (message) => Object.keys(asMessage(message.realtimeInput ?? message))[0],
  );
  assert.equal(kinds.lastIndexOf('clientContent') + 1, kinds.lastIndexOf('activityStart'));
});

test('the connection’s end is told in time, and another resumes where it was, once the old one is closed', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  bench.ask();
  const { handle } = await bench.ear.until('resumable');
  rig.server.goAway(50);
  assert.equal((await bench.ear.until('going_away')).ms, 50_000);
  const again = () =>
    rig.provider({ clock: bench.clock }).open({ ...someConfig, resumeHandle: handle }, (event) => {
      if (event.type === 'ready') fresh.push(event.fresh);
    });
  const fresh: boolean[] = [];
  await using early = again();
  await assert.rejects(early.connect(never), { code: 'dropped', retryable: true });
  await bench.session[Symbol.asyncDispose]();
  await until(() => rig.server.connections.every(({ isOpen }) => !isOpen));
  await using resumed = again();
  await resumed.connect(never);
  assert.deepEqual(fresh, [false]);
  await resumed[Symbol.asyncDispose]();
});

test('a turn taken back after it was spoken is answered for nobody, nor is it said what was understood of it', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  bench.session.beginTurn();
  bench.session.appendAudio(speech);
  bench.session.clearTurn();
  const turnId = bench.turn();
  await bench.ear.until('response_finished');
  const understood = bench.ear.all('input_transcript');
  assert.deepEqual(new Set(understood.map((event) => event.turnId)), new Set([turnId]));
  assert.equal(bench.ear.all('response_started').length, 1);
  assert.ok(bench.ear.pcm.equals(phraseNamed('ada-2').pcm(24_000)));
});

test('an answer whose end never comes is over 2 s after it could have been heard', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  rig.failNext({ kind: 'stall' });
  bench.turn();
  await until(() => rig.asked() === 1);
  const { latest } = rig.server;
  const data = Buffer.alloc(48_000).toString('base64');
  latest.send({ serverContent: { modelTurn: { parts: [{ inlineData: { data } }] } } });
  latest.send({ serverContent: { generationComplete: true } });
  await bench.ear.until('audio');
  await until(() => bench.clock.timers === 2);
  bench.clock.advance(2_999);
  assert.deepEqual(bench.ear.all('response_finished'), []);
  bench.clock.advance(1);
  assert.equal(bench.ear.all('response_finished')[0]?.status, 'completed');
});

test('thoughts are not said, and a model that has nothing to say has answered', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  rig.failNext({ kind: 'stall' });
  bench.turn();
  await until(() => rig.asked() === 1);
  const parts = [{ thought: true, text: 'They want to play.' }];
  rig.server.latest.send({ serverContent: { modelTurn: { parts } } });
  rig.server.latest.send({ serverContent: { interrupted: true } });
  rig.server.latest.send({ serverContent: { turnComplete: true } });
  assert.equal((await bench.ear.until('response_finished')).status, 'completed');
  rig.server.latest.send({ serverContent: { turnComplete: true } });
  await settle();
  assert.deepEqual(bench.ear.all('output_transcript'), []);
  assert.equal(bench.ear.all('response_started').length, 1);
});

/** Lets the network do what it may. */
const rounds = async (): Promise<void> => {
  for (let n = 0; n < 50; n += 1) await new Promise((resolve) => setImmediate(resolve));
};
const aPiece = { modelTurn: { parts: [{ inlineData: { data: Buffer.alloc(4_800).toString('base64') } }] } };

test('a request waits until the answer that was cancelled before it began has shown itself, and its words are not taken for another', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  rig.failNext({ kind: 'stall' });
  const cancelled = bench.ask();
  await until(() => rig.asked() === 1);
  bench.session.cancel(cancelled);
  const next = bench.session.requestResponse({ modality: 'audio' });
  await rounds();
  assert.equal(rig.asked(), 1);
  const { latest } = rig.server;
  for (const content of [aPiece, { interrupted: true }, { turnComplete: true }])
    latest.send({ serverContent: content });
  await bench.ear.until('response_finished');
  assert.deepEqual(
    bench.ear.all('response_started').map(({ requestId }) => requestId),
    [next],
  );
  assert.ok(bench.ear.pcm.equals(first.pcm(24_000)));
});

test('an answer under way when a turn ends is over, whether the model says so or not', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  rig.failNext({ kind: 'stall' }, { kind: 'stall' });
  bench.turn();
  await until(() => rig.asked() === 1);
  rig.server.latest.send({ serverContent: aPiece });
  await bench.ear.until('audio');
  bench.turn();
  assert.equal(bench.ear.all('response_finished')[0]?.status, 'cancelled');
});

test('a request for text after a turn is the answer to that turn, unspoken', async () => {
  const rig = await geminiRig();
  await using bench = await Bench.connected(rig);
  bench.turn();
  const requestId = bench.session.requestResponse({ modality: 'text' });
  await bench.ear.until('response_finished');
  assert.equal(bench.ear.all('response_started')[0]?.requestId, requestId);
  assert.equal(bench.ear.all('output_transcript').at(-1)?.text, first.text);
  assert.deepEqual(bench.ear.all('audio'), []);
  assert.equal(rig.asked(), 1);
});

test('a server of one’s own that asks for no key is told none of the environment', async () => {
  await using server = await GeminiServer.start({ key: 'none' });
  const options = { baseUrl: server.baseUrl, apiKey: '', clock: new FakeClock() };
  await using session = new GeminiProvider(options).open(someConfig, () => undefined);
  await session.connect(never);
});
