import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audioPayload } from './audio-payload.ts';
import { confidenceOf } from './confidence.ts';
import { ItemAudio } from './item-audio.ts';
import { serverErrorOf } from './server-error.ts';
import { kindOf, openAiKinds } from './server-kind.ts';
import { ToolCalls } from './tool-calls.ts';
import { transcriptionUsageOf, usageOf } from './usage.ts';

test('names of the beta and of general availability mean the same', () => {
  for (const [ga, beta] of [
    ['response.output_audio.delta', 'response.audio.delta'],
    ['response.output_audio_transcript.delta', 'response.audio_transcript.delta'],
    ['response.output_audio_transcript.done', 'response.audio_transcript.done'],
    ['response.output_text.delta', 'response.text.delta'],
    ['response.output_text.done', 'response.text.done'],
  ] as const) {
    assert.equal(kindOf(openAiKinds, ga), kindOf(openAiKinds, beta));
    assert.notEqual(kindOf(openAiKinds, ga), 'nothing');
  }
  assert.equal(kindOf(openAiKinds, 'response.of_the_future'), 'nothing');
  assert.equal(kindOf(openAiKinds, 'toString'), 'nothing');
});

test('tokens from a cache are counted apart from the input they are told as part of', () => {
  const usage = usageOf({
    usage: {
      input_token_details: {
        text_tokens: 120,
        audio_tokens: 300,
        cached_tokens: 210,
        cached_tokens_details: { text_tokens: 100, audio_tokens: 110 },
      },
      output_token_details: { text_tokens: 20, audio_tokens: 90 },
    },
  });
  assert.deepEqual(usage, {
    ...{ inputTextTokens: 20, inputAudioTokens: 190, cachedTextTokens: 100, cachedAudioTokens: 110 },
    ...{ outputTextTokens: 20, outputAudioTokens: 90, characters: 0 },
  });
});

test('sums without details count as audio, nonsense as nothing', () => {
  const sums = usageOf({ usage: { input_tokens: 50, output_tokens: 70 } });
  assert.deepEqual([sums.inputAudioTokens, sums.outputAudioTokens], [50, 70]);
  const odd = usageOf({ usage: { input_tokens: 'many', output_token_details: { audio_tokens: -5 } } });
  assert.ok(Object.values(odd).every((count) => count === 0));
  assert.deepEqual(transcriptionUsageOf({ usage: { type: 'duration', seconds: 3 } }), { per: 'second', seconds: 3 });
  assert.equal(transcriptionUsageOf({}), null);
});

test('confidence is the mean of what is told, and null where nothing is', () => {
  assert.equal(confidenceOf({ logprobs: [{ logprob: -1 }, { logprob: -0.5 }, { logprob: 'x' }, null] }), -0.75);
  for (const logprobs of [undefined, null, [], 'x']) assert.equal(confidenceOf({ logprobs }), null);
});

test('audio that is no base64, or ends in half a sample, is refused; all else is taken', () => {
  for (const [base64, bytes] of [
    ['AAAA', null],
    ['AAAAAAAA', 6],
    ['AAA=', 2],
    ['', 0],
    ['%%%%', null],
    ['AA AAAAA', null],
    ['AA==', null],
    [null, null],
  ] as const) {
    const payload = audioPayload(base64);
    assert.equal(payload.ok ? payload.pcm.length : null, bytes, String(base64));
  }
});

test('an item is truncated within what came of it, deleted when nothing was heard, left when all was', () => {
  const items = new ItemAudio();
  items.received('open', 1_000.9);
  items.received('whole', 400);
  items.received('whole', 400);
  items.whole('whole');
  for (const [id, heardMs, how] of [
    ['open', 500.7, 500],
    ['open', 5_000, 1_000],
    ['open', Number.POSITIVE_INFINITY, 'delete'],
    ['open', 0.4, 'delete'],
    ['open', -3, 'delete'],
    ['whole', 799.9, 799],
    ['whole', 800, 'leave'],
    ['whole', Number.NaN, 'delete'],
    ['nobody', 100, 'leave'],
  ] as const) {
    const truncation = items.truncation(id, heardMs);
    assert.equal(truncation.how === 'truncate' ? truncation.audioEndMs : truncation.how, how, `${id} ${heardMs}`);
  }
});

test('a call is told once, with the name it began with, and answered once', () => {
  const calls = new ToolCalls();
  calls.begun({ type: 'function_call', call_id: 'c1', name: 'note' });
  assert.deepEqual(calls.whole({ call_id: 'c1', arguments: '{}' }), { callId: 'c1', name: 'note', arguments: '{}' });
  assert.equal(calls.whole({ call_id: 'c1', name: 'note', arguments: '{}' }), null);
  assert.equal(calls.whole({ call_id: 'c2', arguments: '{}' }), null, 'nobody knows its name yet');
  assert.deepEqual(calls.whole({ call_id: 'c2', name: 'leave' }), { callId: 'c2', name: 'leave', arguments: '{}' });
  assert.deepEqual(calls.answer('c1', 'ok'), { output: 'ok', cut: false });
  assert.equal(calls.answer('c1', 'again'), null);
  assert.equal(calls.answer('c3', 'whose'), null);
  assert.equal(calls.answer('c2', 'x'.repeat(1_000_000))?.cut, true);
});

test('errors are told apart by their code, or by their words where they have none', () => {
  for (const [error, kind] of [
    [{ code: 'insufficient_quota' }, 'fatal'],
    [{ code: 'conversation_already_has_active_response' }, 'busy'],
    [{ message: 'Conversation already has an active response in progress: r1' }, 'busy'],
    [{ code: 'response_cancel_not_active' }, 'nothing_to_cancel'],
    [{ message: 'Cancellation failed: no active response found' }, 'nothing_to_cancel'],
    [{ code: 'input_audio_buffer_commit_empty' }, 'commit_refused'],
    [{ message: 'Error committing input audio buffer: buffer too small.' }, 'commit_refused'],
    [{ code: 'server_error' }, 'other'],
    [{}, 'other'],
  ] as const) {
    assert.equal(serverErrorOf({ type: 'error', error }).kind, kind, JSON.stringify(error));
  }
});
