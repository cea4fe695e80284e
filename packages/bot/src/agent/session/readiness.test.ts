import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import { guildDefaultsOf, parseSettings } from '../../config/index.ts';
import type { settingsSchema } from '../../config/settings-schema.ts';
import { agentNeeds } from '../../policy/agent-readiness.ts';
import { realtimeModelId, usedModels } from './agent-model.ts';
import { languageOf } from './language.ts';
import { modelHost } from './model-host.ts';
import { readinessOf } from './readiness.ts';

type Input = z.input<typeof settingsSchema>;
const asr = { perUser: true, shared: true };

const of = (input: Input) => {
  const settings = parseSettings({ runtimeMode: 'openai_realtime', ...input });
  return readinessOf(settings, guildDefaultsOf(settings), asr);
};

test('a server that only records wants nothing of an agent', () => {
  assert.equal(of({ runtimeMode: 'record_only' }), null);
});

const keys: readonly (readonly [Input, 'openai' | 'xai' | 'gemini' | 'elevenlabs', boolean])[] = [
  [{}, 'openai', false],
  [{ openai: { apiKey: 'k' } }, 'openai', true],
  [{ openai: { baseUrl: 'http://127.0.0.1:9/v1' } }, 'openai', true],
  [{ openai: { baseUrl: 'https://eu.api.openai.com/v1' } }, 'openai', false],
  [{ xai: { apiKey: 'k' } }, 'xai', true],
  [{ xai: { baseUrl: 'wss://my.host/v1' } }, 'xai', true],
  [{}, 'xai', false],
  [{ gemini: { apiKey: 'k' } }, 'gemini', true],
  [{}, 'elevenlabs', false],
];
for (const [input, vendor, there] of keys) {
  test(`${JSON.stringify(input)}: ${vendor} ${there ? 'can' : 'cannot'} be reached`, () => {
    assert.equal(of(input)?.services.keys[vendor], there);
  });
}

const needs: readonly (readonly [Input, Partial<ReturnType<typeof agentNeeds>>])[] = [
  [{ replyPath: 'native' }, { perUserAsr: false, sharedAsr: false, usesFileTurnTranscription: false }],
  [{ replyPath: 'bridge' }, { perUserAsr: true, sharedAsr: false, needsOpenAiAudioApi: true }],
  [
    { replyPath: 'bridge', agent: { usePerUserAsrBridge: false } },
    { perUserAsr: false, sharedAsr: true },
  ],
  [
    { replyPath: 'bridge', textOnlyMode: true },
    { perUserAsr: false, sharedAsr: false },
  ],
  [{ replyPath: 'brain', agent: { transcriptionMethod: 'file_wav' } }, { usesFileTurnTranscription: true }],
  [
    { replyPath: 'brain', agent: { ttsMode: 'api', ttsProvider: 'elevenlabs' } },
    { usesApiTts: true, needsElevenLabsAudioApi: true },
  ],
];
for (const [input, expected] of needs) {
  test(`what ${JSON.stringify(input)} needs`, () => {
    const readiness = of(input);
    assert.ok(readiness);
    assert.partialDeepStrictEqual(agentNeeds(readiness), expected);
  });
}

test('a text model is there when its address and its name are', () => {
  assert.equal(of({ brain: { model: 'm' } })?.services.brainReady, false);
  assert.equal(of({ brain: { model: 'm', baseUrl: 'http://127.0.0.1:1/v1' } })?.services.brainReady, true);
});

test('a fixed language is told alone; otherwise it is a hint in the prompt, which is short', () => {
  const auto = { languageMode: 'auto', languageHint: 'de', languagePrompt: 'Parley, Ada' } as const;
  assert.deepEqual(languageOf({ ...auto, languageMode: 'fixed' }), { language: 'de', prompt: '' });
  assert.deepEqual(languageOf(auto), { language: '', prompt: 'The language is probably de. Parley, Ada' });
  assert.deepEqual(languageOf({ ...auto, languageHint: '' }), { language: '', prompt: 'Parley, Ada' });
  assert.equal(languageOf({ ...auto, languagePrompt: 'x'.repeat(280) }).prompt.length, 280);
});

test('people are told who hears them: the vendor, or the host of a server of one’s own', () => {
  const host = (input: Input, agents: unknown = {}) => {
    const settings = parseSettings({ runtimeMode: 'openai_realtime', ...input });
    return modelHost(guildDefaultsOf(settings), { settings, agents });
  };
  assert.equal(host({}), 'OpenAI');
  assert.equal(host({ openai: { baseUrl: 'http://10.0.0.5:8000/v1' } }), '10.0.0.5');
  assert.equal(host({ openai: { baseUrl: 'https://openai.com.evil.example/v1' } }), 'openai.com.evil.example');
  assert.equal(host({ runtimeMode: 'gemini_realtime' }), 'Google Gemini');
  assert.equal(host({ runtimeMode: 'record_only' }), null);
  assert.equal(host({}, null), null);
});

test('the model that is set is used, else the table’s; all in use are looked up at the start', () => {
  const settings = parseSettings({
    runtimeMode: 'openai_realtime',
    openai: { model: 'my-own', transcriptionModel: 't' },
  });
  assert.equal(realtimeModelId(settings, 'openai_realtime'), 'my-own');
  assert.equal(realtimeModelId(settings, 'voice_agent'), '');
  assert.deepEqual(usedModels(settings), [
    { provider: 'openai', role: 'realtime', id: 'my-own' },
    { provider: 'openai', role: 'input_transcription', id: 't' },
  ]);
  assert.deepEqual(usedModels(parseSettings()), []);
});
