import type { Billing, Model, ModelRole, TokenPrices } from './model.ts';

const hourMs = 3_600_000;
const noPrices: TokenPrices = {
  inputText: 0,
  cachedText: 0,
  inputAudio: 0,
  cachedAudio: 0,
  outputText: 0,
  outputAudio: 0,
};
const tokens = (prices: Partial<TokenPrices>): Billing => ({
  per: 'token',
  usdPerMillion: { ...noPrices, ...prices },
});
const perMinute = (usd: number): Billing => ({ per: 'minute', of: 'speech', usd });

const large = tokens({
  inputText: 4,
  cachedText: 0.4,
  inputAudio: 32,
  cachedAudio: 0.4,
  outputText: 16,
  outputAudio: 64,
});
const reasoning = tokens({
  inputText: 4,
  cachedText: 0.4,
  inputAudio: 32,
  cachedAudio: 0.4,
  outputText: 24,
  outputAudio: 64,
});
const mini = tokens({
  inputText: 0.6,
  cachedText: 0.06,
  inputAudio: 10,
  cachedAudio: 0.3,
  outputText: 2.4,
  outputAudio: 20,
});
const preview = tokens({
  inputText: 5,
  cachedText: 2.5,
  inputAudio: 40,
  cachedAudio: 2.5,
  outputText: 20,
  outputAudio: 80,
});

const conversation = (
  id: string,
  billing: Billing,
  contextTokens: number,
  retired: { readonly on: string; readonly for: string } | null = null,
): Model => ({
  provider: 'openai',
  id,
  roles: ['realtime'],
  replacement: retired?.for ?? null,
  shutdownDate: retired?.on ?? null,
  limit: { contextTokens, socketMs: hourMs },
  billing,
});

const listener = (
  id: string,
  roles: readonly ModelRole[],
  billing: Billing,
  retired: { readonly on: string; readonly for: string } | null = null,
): Model => ({
  provider: 'openai',
  id,
  roles,
  replacement: retired?.for ?? null,
  shutdownDate: retired?.on ?? null,
  limit: { contextTokens: null, socketMs: roles.includes('live_transcription') ? hourMs : null },
  billing,
});

const speaker = (id: string, billing: Billing): Model => ({
  provider: 'openai',
  id,
  roles: ['speech'],
  replacement: null,
  shutdownDate: '2027-01-06',
  limit: { contextTokens: 2_000, socketMs: null },
  billing,
});

const january = '2027-01-20';
const ears = { on: '2027-02-26', for: 'gpt-live-transcribe' };
const everywhere: readonly ModelRole[] = ['input_transcription', 'live_transcription', 'file_transcription'];
const mini4o = tokens({ inputText: 1.25, inputAudio: 3, outputText: 5 });

/** OpenAI's models (its pages "Models", "Pricing" and "Deprecations"; the types of its package name the dates too). Newest first. */
export const openAiModels: readonly Model[] = [
  conversation('gpt-realtime-2.1', reasoning, 128_000),
  conversation('gpt-realtime-2.1-mini', mini, 128_000),
  conversation('gpt-realtime-2', reasoning, 128_000),
  conversation('gpt-realtime-1.5', large, 32_000),
  conversation('gpt-realtime', large, 32_000, { on: january, for: 'gpt-realtime-2.1' }),
  conversation('gpt-realtime-2025-08-28', large, 32_000, { on: january, for: 'gpt-realtime-2.1' }),
  conversation('gpt-realtime-mini', mini, 32_000, { on: january, for: 'gpt-realtime-2.1-mini' }),
  conversation('gpt-realtime-mini-2025-12-15', mini, 32_000, { on: january, for: 'gpt-realtime-2.1-mini' }),
  conversation('gpt-4o-realtime-preview', preview, 32_000, { on: '2026-05-07', for: 'gpt-realtime-2.1' }),
  conversation('gpt-4o-mini-realtime-preview', mini, 16_000, { on: '2026-05-07', for: 'gpt-realtime-2.1-mini' }),
  listener('gpt-live-transcribe', ['live_transcription', 'input_transcription'], perMinute(0.017)),
  listener('gpt-realtime-whisper', ['live_transcription'], perMinute(0.017)),
  listener('gpt-transcribe', ['file_transcription', 'input_transcription'], perMinute(0.0045)),
  listener('gpt-4o-mini-transcribe', everywhere, mini4o, ears),
  listener('gpt-4o-mini-transcribe-2025-12-15', everywhere, mini4o, ears),
  listener('gpt-4o-transcribe', everywhere, tokens({ inputText: 2.5, inputAudio: 6, outputText: 10 }), ears),
  listener('whisper-1', everywhere, perMinute(0.006), ears),
  speaker('gpt-4o-mini-tts', tokens({ inputText: 0.6, outputAudio: 12 })),
  speaker('gpt-4o-mini-tts-2025-12-15', tokens({ inputText: 0.6, outputAudio: 12 })),
  speaker('tts-1', { per: 'character', usdPerMillion: 15 }),
  speaker('tts-1-hd', { per: 'character', usdPerMillion: 30 }),
];
