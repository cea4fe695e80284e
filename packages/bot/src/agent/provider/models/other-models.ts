import type { Billing, Model } from './model.ts';

const minuteMs = 60_000;
const gone = { replacement: null, shutdownDate: null } as const;
const openMinute = (usd: number): Billing => ({ per: 'minute', of: 'open_time', usd });

/** xAI's voice agents (its page "Models and Pricing"): the minute, spoken in or not; a session lasts 30 minutes at most. */
export const xaiModels: readonly Model[] = ['', 'grok-voice-think-fast-1.0', 'grok-voice-latest'].map((id) => ({
  ...gone,
  provider: 'xai',
  id,
  roles: ['realtime'],
  limit: { contextTokens: null, socketMs: 30 * minuteMs },
  // The newest is dearer than the rest; who asks for no model may be given it.
  billing: openMinute(id === 'grok-voice-think-fast-1.0' ? 0.05 : 0.08),
}));

/** Gemini's live models (Google's pages "Models", "Pricing"); a connection lasts 10 minutes, and is resumed by handle. */
export const geminiModels: readonly Model[] = [
  {
    ...gone,
    provider: 'gemini',
    id: 'gemini-2.5-flash-native-audio-preview-12-2025',
    roles: ['realtime'],
    limit: { contextTokens: 131_072, socketMs: 10 * minuteMs },
    billing: {
      per: 'token',
      usdPerMillion: { inputText: 0.5, cachedText: 0.5, inputAudio: 3, cachedAudio: 3, outputText: 2, outputAudio: 12 },
    },
  },
  {
    ...gone,
    provider: 'gemini',
    id: 'gemini-3.1-flash-live-preview',
    roles: ['realtime'],
    limit: { contextTokens: 131_072, socketMs: 10 * minuteMs },
    billing: {
      per: 'token',
      usdPerMillion: {
        inputText: 0.75,
        cachedText: 0.75,
        inputAudio: 3,
        cachedAudio: 3,
        outputText: 4.5,
        outputAudio: 12,
      },
    },
  },
];

/** ElevenLabs' models (its page "API pricing"), pay as you go. */
export const elevenLabsModels: readonly Model[] = [
  {
    ...gone,
    provider: 'elevenlabs',
    id: 'eleven_multilingual_v2',
    roles: ['realtime', 'speech'],
    limit: { contextTokens: null, socketMs: null },
    billing: { per: 'character', usdPerMillion: 100 },
  },
  {
    ...gone,
    provider: 'elevenlabs',
    id: 'eleven_flash_v2_5',
    roles: ['realtime', 'speech'],
    limit: { contextTokens: null, socketMs: null },
    billing: { per: 'character', usdPerMillion: 50 },
  },
  {
    provider: 'elevenlabs',
    id: 'eleven_turbo_v2_5',
    roles: ['realtime', 'speech'],
    replacement: 'eleven_flash_v2_5',
    shutdownDate: null,
    limit: { contextTokens: null, socketMs: null },
    billing: { per: 'character', usdPerMillion: 50 },
  },
  {
    ...gone,
    provider: 'elevenlabs',
    id: 'scribe_v1',
    roles: ['file_transcription'],
    limit: { contextTokens: null, socketMs: null },
    billing: { per: 'minute', of: 'speech', usd: 0.0067 },
  },
  {
    ...gone,
    provider: 'elevenlabs',
    id: 'scribe_v2_realtime',
    roles: ['live_transcription'],
    limit: { contextTokens: null, socketMs: null },
    billing: { per: 'minute', of: 'speech', usd: 0.008 },
  },
];
