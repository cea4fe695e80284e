import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import OpenAI from 'openai';
import { ProviderRequestError } from '../../../packages/bot/src/agent/provider/http/request-error.ts';
import { ElevenLabsSpeech } from '../../../packages/bot/src/agent/provider/speak/elevenlabs-speech.ts';
import { OpenAiSpeech } from '../../../packages/bot/src/agent/provider/speak/openai-speech.ts';
import { ElevenLabsFileTranscriber } from '../../../packages/bot/src/agent/provider/transcribe/elevenlabs-file-transcriber.ts';
import { OpenAiFileTranscriber } from '../../../packages/bot/src/agent/provider/transcribe/openai-file-transcriber.ts';
import type { SpeechSynthesizer } from '../../../packages/bot/src/agent/provider/transcriber.ts';
import { until } from '../../providers/conformance/bench.ts';
import { type Failure, OpenAiServer } from '../../providers/openai-server.ts';
import { phraseNamed } from '../../providers/shared/phrases.ts';
import { SpeechServer } from '../../providers/speech-server.ts';

const never = new AbortController().signal;
const phrase = phraseNamed('ben-2');
const config = { model: 'gpt-4o-mini-transcribe', language: 'en', prompt: 'castle', noiseReduction: 'off' } as const;

const speakers = {
  OpenAI: (origin: string, clock: FakeClock, apiKey = 'sk-test'): SpeechSynthesizer =>
    new OpenAiSpeech({ baseUrl: `${origin}/v1`, apiKey, clock, model: 'gpt-4o-mini-tts', voice: 'alloy' }),
  ElevenLabs: (origin: string, clock: FakeClock, apiKey = 'sk-test'): SpeechSynthesizer =>
    new ElevenLabsSpeech({ baseUrl: origin, apiKey, clock, model: 'eleven_multilingual_v2', voiceId: 'voice/1' }),
};

const heardOf = async (pieces: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const heard: Uint8Array[] = [];
  for await (const piece of pieces) {
    assert.equal(piece.length % 2, 0);
    heard.push(piece);
  }
  return Buffer.concat(heard);
};

test('the official SDK is spoken to by the simulator', async () => {
  await using server = await SpeechServer.start();
  const client = new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: 'sk-test', maxRetries: 0 });
  const response = await client.audio.speech.create({
    ...{ model: 'gpt-4o-mini-tts', voice: 'alloy', input: phrase.text, response_format: 'pcm' },
  });
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(phrase.pcm(24_000)));
});

for (const [name, speakerOf] of Object.entries(speakers)) {
  test(`${name}: a text is spoken, in whole samples as they come`, async () => {
    await using server = await SpeechServer.start();
    const clock = new FakeClock();
    const speaker = speakerOf(server.origin, clock);
    assert.ok((await heardOf(speaker.speak(phrase.text, never))).equals(phrase.pcm(speaker.rate)));
    assert.equal(clock.timers, 0);
    const [request] = server.requests;
    if (name === 'OpenAI') {
      assert.deepEqual(request?.fields, {
        ...{ model: 'gpt-4o-mini-tts', voice: 'alloy', input: phrase.text, response_format: 'pcm' },
      });
    } else {
      assert.equal(request?.path, '/v1/text-to-speech/voice%2F1/stream');
      assert.equal(request?.query, '?output_format=pcm_24000');
      assert.deepEqual(request?.fields, { text: phrase.text, model_id: 'eleven_multilingual_v2' });
    }
  });

  test(`${name}: speech nobody listens to any more is broken off, and one that is called off ends with the reason`, async () => {
    await using server = await SpeechServer.start();
    const clock = new FakeClock();
    for await (const _piece of speakerOf(server.origin, clock).speak(phrase.text, never)) break;
    await until(() => server.abandoned === 1);
    const off = new AbortController();
    const reason = new Error('spoken over');
    await assert.rejects(async () => {
      for await (const _piece of speakerOf(server.origin, clock).speak(phrase.text, off.signal)) off.abort(reason);
    }, reason);
    await until(() => server.abandoned === 2);
    off.abort(reason);
    await assert.rejects(heardOf(speakerOf(server.origin, clock).speak(phrase.text, off.signal)), reason);
    assert.equal(clock.timers, 0);
  });

  test(`${name}: what goes wrong has a code, and the key is told nowhere`, async () => {
    const cases: readonly (readonly [Failure | null, string, string, boolean])[] = [
      [{ kind: 'status', status: 401 }, 'sk-test', 'key_refused', false],
      [{ kind: 'status', status: 429, code: 'insufficient_quota' }, 'sk-test', 'quota_exhausted', false],
      [{ kind: 'status', status: 429 }, 'sk-test', 'rate_limited', true],
      [{ kind: 'status', status: 404, code: 'model_not_found' }, 'sk-test', 'model_unknown', false],
      [{ kind: 'status', status: 500 }, 'sk-test', 'handshake_refused', true],
      [{ kind: 'garbage' }, 'sk-test', 'bad_answer', false],
      [{ kind: 'drop' }, 'sk-test', 'unreachable', true],
      [null, 'sk-wrong', 'key_refused', false],
    ];
    await using server = await SpeechServer.start();
    for (const [failure, apiKey, code, retryable] of cases) {
      if (failure !== null) server.failNext(failure);
      const speaker = speakerOf(server.origin, new FakeClock(), apiKey);
      await assert.rejects(heardOf(speaker.speak(phrase.text, never)), (error) => {
        assert.ok(error instanceof ProviderRequestError, String(error));
        assert.deepEqual([error.code, error.retryable, error.cause.code], [code, retryable, code]);
        assert.equal(JSON.stringify([error.message, error.cause]).includes(apiKey), false);
        return true;
      });
    }
  });

  test(`${name}: a file in place of samples is refused, not played`, async () => {
    await using server = await SpeechServer.start();
    for (const prefix of ['RIFF\0\0\0\0', 'OggS\0\0', 'ID3\u0004\0\0']) {
      server.prefix = prefix;
      await assert.rejects(heardOf(speakerOf(server.origin, new FakeClock()).speak(phrase.text, never)), {
        code: 'bad_answer',
      });
    }
  });

  test(`${name}: an answer that does not come is given up after 10 s`, async () => {
    await using server = await SpeechServer.start();
    const clock = new FakeClock();
    server.failNext({ kind: 'stall' });
    const failed = assert.rejects(heardOf(speakerOf(server.origin, clock).speak(phrase.text, never)), {
      code: 'unreachable',
      message: /nothing came for 10 s/,
    });
    await clock.run(10_000);
    await failed;
    assert.equal(clock.timers, 0);
  });
}

test('a piece of speech becomes text by OpenAI’s API, and by ElevenLabs’', async () => {
  await using openai = await OpenAiServer.start({ hear: () => ' the castle ' });
  await using elevenlabs = await SpeechServer.start();
  const clock = new FakeClock();
  const one = new OpenAiFileTranscriber({ baseUrl: openai.baseUrl, apiKey: 'sk-test', clock });
  const pcm = phrase.pcm(one.rate);
  assert.deepEqual((await one.transcribe(pcm, config, never)).text, 'the castle');
  const [heard] = openai.transcriptions;
  assert.equal(heard?.rate, 16_000);
  assert.equal(heard?.seconds, pcm.length / 32_000);
  assert.equal(heard?.language, 'en');
  const two = new ElevenLabsFileTranscriber({ baseUrl: elevenlabs.origin, apiKey: 'sk-test', clock });
  assert.deepEqual(await two.transcribe(pcm, { ...config, model: 'scribe_v1' }, never), {
    text: phraseNamed('ada-1').text,
    confidence: -0.5,
    usage: { per: 'second', seconds: pcm.length / 32_000 },
  });
  assert.deepEqual(elevenlabs.requests[0]?.fields, {
    ...{ model_id: 'scribe_v1', tag_audio_events: 'false', language_code: 'en' },
  });
  assert.equal(clock.timers, 0);
});

test('a piece of speech that cannot be understood says why, in a code', async () => {
  await using server = await OpenAiServer.start();
  const transcriber = new OpenAiFileTranscriber({
    ...{ baseUrl: server.baseUrl, apiKey: 'sk-test', clock: new FakeClock() },
  });
  for (const [failure, code] of [
    [{ kind: 'garbage' }, 'bad_answer'],
    [{ kind: 'drop' }, 'unreachable'],
    [{ kind: 'status', status: 402 }, 'quota_exhausted'],
  ] as const) {
    server.failNext(failure);
    await assert.rejects(transcriber.transcribe(new Uint8Array(3_200), config, never), { code });
  }
  const off = AbortSignal.abort(new Error('left'));
  await assert.rejects(transcriber.transcribe(new Uint8Array(3_200), config, off), /left/);
});
