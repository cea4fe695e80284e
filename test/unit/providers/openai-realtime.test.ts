import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@parley/protocol';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { OpenAiProvider } from '../../../packages/bot/src/agent/provider/openai/openai-provider.ts';
import { Bench, until } from '../../providers/conformance/bench.ts';
import { Ear } from '../../providers/conformance/ear.ts';
import { someConfig } from '../../providers/conformance/rig.ts';
import { startOpenAiRealtime } from '../../providers/realtime/openai-realtime.ts';
import { realtimeRig } from '../../providers/realtime/realtime-rig.ts';
import type { RealtimeServer, RealtimeServerOptions } from '../../providers/realtime/realtime-server.ts';
import { phraseNamed } from '../../providers/shared/phrases.ts';

const never = new AbortController().signal;
const second = Buffer.alloc(48_000).toString('base64');

/** The official package as it is, over TLS, trusting the simulator's authority. */
const official = (server: RealtimeServer, target: { model: string } | { intent: 'transcription' }, key = 'sk-test') => {
  const client = new OpenAI({ apiKey: key, baseURL: server.baseUrl });
  return new OpenAIRealtimeWS({ ...target, options: { ca: server.ca ?? '' } }, client);
};

const opened = (options: RealtimeServerOptions & { readonly names?: 'ga' | 'beta' }) =>
  realtimeRig({
    start: (more) => startOpenAiRealtime({ ...options, ...more }),
    provider: (made) => new OpenAiProvider(made),
    tls: options.tls ?? false,
  });

test('the official SDK holds a conversation with the simulator', async () => {
  await using server = await startOpenAiRealtime({ tls: true });
  const realtime = official(server, { model: 'gpt-realtime' });
  const done = Promise.withResolvers<void>();
  const heard = { bytes: 0, words: '', understood: '', status: '' };
  realtime.on('error', done.reject);
  realtime.on('session.created', () =>
    realtime.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        output_modalities: ['audio'],
        audio: { input: { turn_detection: null, transcription: { model: 'gpt-4o-mini-transcribe' } } },
      },
    }),
  );
  realtime.on('session.updated', () => {
    realtime.send({ type: 'input_audio_buffer.append', audio: second });
    realtime.send({ type: 'input_audio_buffer.commit' });
    realtime.send({ type: 'response.create' });
  });
  realtime.on('response.output_audio.delta', ({ delta }) => {
    heard.bytes += Buffer.from(delta, 'base64').length;
  });
  realtime.on('response.output_audio_transcript.done', ({ transcript }) => {
    heard.words = transcript;
  });
  realtime.on('conversation.item.input_audio_transcription.completed', ({ transcript }) => {
    heard.understood = transcript;
  });
  realtime.on('response.done', ({ response }) => {
    heard.status = response.status ?? '';
    done.resolve();
  });
  await done.promise;
  const { text, pcm } = phraseNamed('ada-1');
  assert.deepEqual(heard, { bytes: pcm(24_000).length, words: text, understood: text, status: 'completed' });
  assert.deepEqual(server.complaints, []);
  realtime.close();
  await server.latest.untilEnded();
});

test('the official SDK holds a transcription session with the simulator', async () => {
  await using server = await startOpenAiRealtime({ tls: true });
  const realtime = official(server, { intent: 'transcription' });
  const text = Promise.withResolvers<string>();
  realtime.on('error', text.reject);
  realtime.on('session.created', () =>
    realtime.send({
      type: 'session.update',
      session: {
        type: 'transcription',
        audio: { input: { turn_detection: null, transcription: { model: 'gpt-live-transcribe' } } },
      },
    }),
  );
  realtime.on('session.updated', () => {
    realtime.send({ type: 'input_audio_buffer.append', audio: second });
    realtime.send({ type: 'input_audio_buffer.commit' });
  });
  realtime.on('conversation.item.input_audio_transcription.completed', ({ transcript }) => text.resolve(transcript));
  assert.equal(await text.promise, phraseNamed('ada-1').text);
  realtime.close();
  await server.latest.untilEnded();
});

test('the official SDK is told its mistakes by the simulator: a wrong key, an unknown model, too little audio', async () => {
  await using server = await startOpenAiRealtime({ tls: true, models: ['gpt-realtime'] });
  const errorOf = (key: string, model: string, then?: (realtime: OpenAIRealtimeWS) => void): Promise<string> =>
    new Promise((resolve) => {
      const realtime = official(server, { model }, key);
      realtime.on('error', (error) => {
        realtime.close();
        resolve(error.message);
      });
      realtime.on('session.created', () => then?.(realtime));
    });
  assert.match(await errorOf('sk-wrong', 'gpt-realtime'), /401/);
  assert.match(await errorOf('sk-test', 'gpt-99'), /model_not_found/);
  assert.match(
    await errorOf('sk-test', 'gpt-realtime', (realtime) => realtime.send({ type: 'input_audio_buffer.commit' })),
    /buffer too small/,
  );
});

test('the adapter speaks with a server that writes the names of the beta', async () => {
  await using bench = await Bench.connected(await opened({ names: 'beta' }));
  bench.ask();
  assert.equal((await bench.ear.until('response_finished')).status, 'completed');
  assert.ok(bench.ear.pcm.equals(phraseNamed('ada-1').pcm(24_000)));
  assert.equal(bench.ear.all('output_transcript').filter(({ final }) => final).length, 1);
});

test('the adapter speaks TLS with whom it is told to trust, and with nobody else', async () => {
  await using bench = await Bench.connected(await opened({ tls: true }));
  bench.ask();
  await bench.ear.until('response_finished');
  await using server = await startOpenAiRealtime({ tls: true });
  await using stranger = new OpenAiProvider({
    ...{ baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock },
  }).open(someConfig, () => undefined);
  await assert.rejects(stranger.connect(never), { code: 'unreachable' });
});

test('the model, who speaks and the configuration arrive as they are meant', async () => {
  await using server = await startOpenAiRealtime();
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(
    { ...someConfig, model: 'gpt-realtime-2.1', voice: 'marin', language: { language: 'de', prompt: 'Burg, Tor' } },
    ear.hear,
  );
  await session.connect(never);
  session.updateInstructions('Be brief.');
  session.updateInstructions('Be long.');
  session.requestResponse({ modality: 'text', instructions: 'Greet.', withoutTools: true });
  await ear.until('response_finished');
  const { visit, received } = server.latest;
  assert.equal(visit.query.get('model'), 'gpt-realtime-2.1');
  assert.equal(visit.headers['openai-safety-identifier'], 'hash-of-somebody');
  assert.equal(visit.headers['openai-beta'], undefined);
  assert.deepEqual(received, [
    {
      type: 'session.update',
      session: {
        type: 'realtime',
        model: 'gpt-realtime-2.1',
        output_modalities: ['audio'],
        max_output_tokens: 4096,
        instructions: 'Be brief.',
        audio: {
          input: {
            format: { type: 'audio/pcm', rate: 24_000 },
            turn_detection: null,
            transcription: { model: 'gpt-4o-mini-transcribe', language: 'de', prompt: 'Burg, Tor' },
          },
          output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin' },
        },
        tools: [{ type: 'function', ...someConfig.tools[0] }],
        tool_choice: 'auto',
        include: ['item.input_audio_transcription.logprobs'],
      },
    },
    { type: 'session.update', session: { type: 'realtime', instructions: 'Be long.' } },
    {
      type: 'response.create',
      event_id: 'request_1',
      response: {
        output_modalities: ['text'],
        metadata: { request_id: 'request_1' },
        instructions: 'Be long.\n\nGreet.',
        tool_choice: 'none',
      },
    },
  ]);
});

test('what a provider says before it is ready is not told', async () => {
  await using server = await startOpenAiRealtime();
  server.switches.ready = false;
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, ear.hear);
  const connecting = session.connect(never);
  await until(() => server.connections.length === 1);
  await server.latest.untilType('session.update');
  server.latest.send({ type: 'response.created', response: { id: 'resp_0' } });
  server.latest.send({ type: 'input_audio_buffer.speech_started' });
  server.latest.send({ type: 'session.updated', session: {} });
  await connecting;
  assert.deepEqual(ear.order, ['ready']);
});

test('a call that is told only with the end of its response is told', async () => {
  await using server = await startOpenAiRealtime();
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, ear.hear);
  await session.connect(never);
  const output = [{ type: 'function_call', call_id: 'call_1', name: 'note', arguments: '{"text":"a"}' }];
  server.latest.send({ type: 'response.done', response: { id: 'resp_1', status: 'completed', output } });
  await ear.until('response_finished');
  assert.deepEqual(ear.order, ['ready', 'response_started', 'tool_call', 'response_finished']);
  assert.deepEqual(ear.all('tool_call')[0], {
    ...{ type: 'tool_call', responseId: 'resp_1', callId: 'call_1', name: 'note', arguments: '{"text":"a"}' },
  });
});

test('a turn the provider refuses is a warning, and is understood as nothing', async () => {
  await using server = await startOpenAiRealtime();
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, ear.hear);
  await session.connect(never);
  server.switches.refusesTurns = true;
  session.appendAudio(new Uint8Array(48_000));
  const turnId = session.endTurn();
  const { turnId: told, text, final } = await ear.until('input_transcript');
  assert.deepEqual([told, text, final], [turnId, '', true]);
  assert.deepEqual(ear.warnings, ['input_audio_buffer_commit_empty']);
});

test('a server whose events all have one id is heard all the same', async () => {
  await using server = await startOpenAiRealtime();
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, ear.hear);
  await session.connect(never);
  const say = (type: string, fields: object): void => server.latest.send({ type, event_id: 'event', ...fields });
  say('response.created', { response: { id: 'resp_1' } });
  for (const text of ['the', ' king', ' comes']) {
    say('response.output_text.delta', { response_id: 'resp_1', item_id: 'item_1', delta: text });
  }
  say('response.done', { response: { id: 'resp_1', status: 'completed' } });
  await ear.until('response_finished');
  assert.equal(ear.all('output_transcript').at(-1)?.text, 'the king comes');
});

test('a model that does not exist is named when it is asked for', async () => {
  await using server = await startOpenAiRealtime({ models: ['gpt-realtime'] });
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, () => undefined);
  await assert.rejects(session.connect(never), { code: 'model_unknown', retryable: false });
});

test('a server that speaks no PCM is a wrong configuration', async () => {
  await using server = await startOpenAiRealtime();
  server.switches.outputFormat = 'audio/pcmu';
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, () => undefined);
  await assert.rejects(session.connect(never), /audio\/pcmu/);
});

test('a turn that was not understood has an empty text, with a warning', async () => {
  await using server = await startOpenAiRealtime({ scenario: { hear: () => null } });
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, ear.hear);
  await session.connect(never);
  session.appendAudio(new Uint8Array(48_000));
  const turnId = session.endTurn();
  const { text, final, turnId: told } = await ear.until('input_transcript');
  assert.deepEqual({ text, final, told }, { text: '', final: true, told: turnId });
  assert.deepEqual(ear.warnings, ['input_transcription_failed']);
});

test('two turns that are understood in the reverse order are told apart', async () => {
  await using server = await startOpenAiRealtime({ scenario: { hear: ({ number }) => `turn ${number}` } });
  server.switches.transcriptsReversed = true;
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, ear.hear);
  await session.connect(never);
  const turns = [1, 2].map(() => {
    session.beginTurn();
    session.appendAudio(new Uint8Array(9_600));
    return session.endTurn();
  });
  await until(() => ear.all('input_transcript').filter(({ final }) => final).length === 2);
  const finals = ear.all('input_transcript').filter(({ final }) => final);
  assert.deepEqual(
    finals.map(({ turnId, text, confidence }) => [turnId, text, confidence]),
    [
      [turns[1], 'turn 2', -0.25],
      [turns[0], 'turn 1', -0.25],
    ],
  );
});

test('a message of more than 16 MB ends the socket, and nothing of it is kept', async () => {
  await using server = await startOpenAiRealtime();
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, ear.hear);
  await session.connect(never);
  server.latest.sendRaw(JSON.stringify({ type: 'response.of_the_future', padding: 'x'.repeat(17 * 1024 * 1024) }));
  assert.equal((await ear.until('closed')).code, 'garbage');
});

test('a provider that takes nothing any more is given up before it costs much memory', async () => {
  await using server = await startOpenAiRealtime();
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new OpenAiProvider(options).open(someConfig, ear.hear);
  await session.connect(never);
  server.latest.stopReading();
  for (let sent = 0; ear.all('closed').length === 0 && sent < 100; sent += 1) {
    session.appendAudio(new Uint8Array(960_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const closed = await ear.until('closed');
  assert.deepEqual([closed.code, closed.retryable], ['overloaded', true]);
});
