import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@parley/protocol';
import { kindOf } from '../../../packages/bot/src/agent/provider/dialect/server-kind.ts';
import { xaiKinds } from '../../../packages/bot/src/agent/provider/xai/xai-kinds.ts';
import { XaiProvider } from '../../../packages/bot/src/agent/provider/xai/xai-provider.ts';
import { Ear } from '../../providers/conformance/ear.ts';
import { someConfig } from '../../providers/conformance/rig.ts';
import { startXaiRealtime } from '../../providers/realtime/xai-realtime.ts';

const never = new AbortController().signal;

test('the configuration, the rate and the region arrive in xAI’s shape', async () => {
  await using server = await startXaiRealtime();
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock, rate: 16_000, region: 'eu-west-1' };
  const provider = new XaiProvider(options);
  assert.deepEqual([provider.capabilities.inputRate, provider.capabilities.outputRate], [16_000, 16_000]);
  await using session = provider.open({ ...someConfig, model: '', voice: 'Rex' }, ear.hear);
  await session.connect(never);
  assert.equal(server.latest.visit.query.get('model'), null);
  const format = { type: 'audio/pcm', rate: 16_000 };
  assert.deepEqual(server.latest.received, [
    {
      type: 'session.update',
      session: {
        voice: 'Rex',
        instructions: 'Be brief.',
        audio: { input: { format }, output: { format } },
        turn_detection: { type: null },
        region: 'eu-west-1',
        modalities: ['audio', 'text'],
        tools: [{ type: 'function', ...someConfig.tools[0] }],
        tool_choice: 'auto',
      },
    },
  ]);
});

test('a cancellation that comes too late is a warning, not an end', async () => {
  await using server = await startXaiRealtime();
  const ear = new Ear();
  const options = { baseUrl: server.baseUrl, apiKey: 'sk-test', clock: systemClock };
  await using session = new XaiProvider(options).open(someConfig, ear.hear);
  await session.connect(never);
  server.failNext({ kind: 'stall' });
  const requestId = session.requestResponse({ modality: 'audio' });
  session.cancel(requestId);
  assert.equal((await ear.until('warning')).code, 'response_cancel_not_active');
  session.requestResponse({ modality: 'audio' });
  assert.equal((await ear.until('response_finished')).status, 'completed');
});

test('xAI’s own names mean what OpenAI’s mean', () => {
  for (const [type, kind] of [
    ['output_audio.delta', 'audio'],
    ['audio.chunk', 'audio'],
    ['response.audio.chunk', 'audio'],
    ['response.audio.delta', 'audio'],
    ['transcript.completed', 'input_text_whole'],
    ['response.completed', 'response_finished'],
    ['response.done', 'response_finished'],
    ['ping', 'nothing'],
  ] as const) {
    assert.equal(kindOf(xaiKinds, type), kind, type);
  }
});
