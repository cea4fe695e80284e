import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../provider/models/model.ts';
import { noUsage, type ProviderUsage } from '../provider/provider-event.ts';
import type { Spending } from '../session/agent-budget.ts';
import { priceOf } from './price.ts';

const model = (id: string, billing: Model['billing'], roles: Model['roles'] = ['realtime']): Model => ({
  ...{ provider: 'openai', id, roles, replacement: null, shutdownDate: null, billing },
  limit: { contextTokens: null, socketMs: null },
});
const tokens = { inputText: 1, cachedText: 2, inputAudio: 4, cachedAudio: 8, outputText: 16, outputAudio: 32 };
const table: readonly Model[] = [
  model('tokens', { per: 'token', usdPerMillion: tokens }),
  model('dear', { per: 'token', usdPerMillion: { ...tokens, outputAudio: 100 } }),
  model('open', { per: 'minute', of: 'open_time', usd: 0.08 }),
  model('speech', { per: 'minute', of: 'speech', usd: 0.006 }, ['live_transcription']),
  model('letters', { per: 'character', usdPerMillion: 30 }, ['speech']),
];
const usage = (change: Partial<ProviderUsage>): ProviderUsage => ({ ...noUsage, ...change });
const m = 1_000_000;

const rows: readonly (readonly [string, Partial<Spending>, number])[] = [
  [
    'each kind of token once',
    { model: 'tokens', usage: usage({ inputTextTokens: m, cachedTextTokens: m, inputAudioTokens: m }) },
    7,
  ],
  [
    'and those that were said',
    { model: 'tokens', usage: usage({ cachedAudioTokens: m, outputTextTokens: m, outputAudioTokens: m }) },
    56,
  ],
  [
    'a model nobody knows costs what the dearest of its kind does',
    { model: 'new', usage: usage({ outputAudioTokens: m }) },
    100,
  ],
  ['open time', { model: 'open', openMs: 90_000 }, 0.12],
  ['minutes of speech', { role: 'transcription', model: 'speech', audioMs: 60_000 }, 0.006],
  ['characters', { role: 'speech', model: 'letters', usage: usage({ characters: 1000 }) }, 0.03],
  [
    'a text model of one’s own',
    { role: 'brain', model: 'mine', usage: usage({ inputTextTokens: m, outputTextTokens: m }) },
    30,
  ],
  ['nothing', { model: 'tokens' }, 0],
];
for (const [name, spending, usd] of rows) {
  test(`the price of ${name}`, () => {
    const whole: Spending = { role: 'realtime', model: '', speakers: [], ...spending };
    assert.ok(Math.abs(priceOf(whole, table) - usd) < 1e-9, String(priceOf(whole, table)));
  });
}

const guesses: readonly (readonly [string, Spending, number])[] = [
  [
    'a minute of speech',
    { role: 'transcription', model: 'gpt-4o-mini-transcribe', speakers: [], audioMs: 60_000 },
    0.003,
  ],
  [
    'a minute’s 900 characters',
    { role: 'speech', model: 'gpt-4o-mini-tts', speakers: [], usage: usage({ characters: 900 }) },
    0.012,
  ],
];
for (const [name, spending, about] of guesses) {
  test(`where a model is paid by tokens that nobody tells, ${name} costs about ${about} dollars, not nothing`, () => {
    const usd = priceOf(spending);
    assert.ok(usd > about * 0.7 && usd < about * 1.6, String(usd));
  });
}

test('a minute of the default realtime model costs cents, not dollars and not nothing', () => {
  const spoken = usage({ inputAudioTokens: 600, outputAudioTokens: 1200, outputTextTokens: 200 });
  const usd = priceOf({ role: 'realtime', model: 'gpt-realtime-2.1', speakers: [], usage: spoken });
  assert.ok(usd > 0.02 && usd < 0.3, String(usd));
});
