import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { OpenAiServer } from '../../providers/openai-server.ts';

const wav = await readFile(join(import.meta.dirname, '../../fixtures/speech/ada-1.wav'));
const clientOf = (server: OpenAiServer, apiKey = 'sk-test', maxRetries = 0): OpenAI =>
  new OpenAI({ baseURL: server.baseUrl, apiKey, maxRetries });

test('the official SDK transcribes with words and segments, and as text alone', async () => {
  await using server = await OpenAiServer.start({ hear: () => 'good evening' });
  const file = await toFile(wav, 'speech.wav');
  const verbose = await clientOf(server).audio.transcriptions.create({
    ...{ file, model: 'whisper-1', language: 'en', response_format: 'verbose_json' },
    timestamp_granularities: ['word', 'segment'],
  });
  assert.match(verbose.text, /^good evening/);
  assert.equal(verbose.words?.[0]?.word, 'good');
  assert.ok((verbose.segments?.[0]?.end ?? 0) > 0.5);
  assert.deepEqual(server.transcriptions[0]?.grains, ['word', 'segment']);
  const plain = await clientOf(server).audio.transcriptions.create({ file, model: 'gpt-4o-mini-transcribe' });
  assert.match(plain.text, /good evening/);
});

test('the official SDK completes a chat', async () => {
  await using server = await OpenAiServer.start({ answer: ({ messages }) => `You said: ${messages.at(-1)?.content}` });
  const completion = await clientOf(server).chat.completions.create({
    model: 'some-model',
    messages: [
      { role: 'system', content: 'Echo.' },
      { role: 'user', content: 'hello' },
    ],
  });
  assert.equal(completion.choices[0]?.message.content, 'You said: hello');
});

test('the official SDK meets the failures it knows, and gets over what passes', async () => {
  await using server = await OpenAiServer.start();
  const ask = (client: OpenAI) =>
    client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }] });
  await assert.rejects(ask(clientOf(server, 'sk-wrong')), OpenAI.AuthenticationError);
  server.failNext({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
  await assert.rejects(ask(clientOf(server)), OpenAI.RateLimitError);
  server.failNext({ kind: 'status', status: 500 });
  await assert.rejects(ask(clientOf(server)), OpenAI.InternalServerError);
  server.failNext({ kind: 'status', status: 429, headers: { 'retry-after-ms': '1' } });
  assert.equal((await ask(clientOf(server, 'sk-test', 1))).choices.length, 1);
  server.failNext({ kind: 'garbage' });
  await assert.rejects(ask(clientOf(server)));
  server.failNext({ kind: 'drop' });
  await assert.rejects(ask(clientOf(server)));
});
