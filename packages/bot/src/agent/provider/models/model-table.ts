import type { ProviderId } from '../realtime-provider.ts';
import type { Billing, Model, ModelRole } from './model.ts';
import { openAiModels } from './openai-models.ts';
import { elevenLabsModels, geminiModels, xaiModels } from './other-models.ts';

/** Every model Parley knows. Others are asked for as well: a server of one's own has names of its own. */
export const models: readonly Model[] = [...openAiModels, ...xaiModels, ...geminiModels, ...elevenLabsModels];

/**
 * What is asked for where the settings name nothing. OpenAI names no successor for understanding speech inside a conversation and for
 * speaking text; there the default is what still is to be had.
 */
const defaults: Readonly<Record<ProviderId, Partial<Record<ModelRole, string>>>> = {
  openai: {
    realtime: 'gpt-realtime-2.1',
    input_transcription: 'gpt-4o-mini-transcribe',
    live_transcription: 'gpt-live-transcribe',
    file_transcription: 'gpt-transcribe',
    speech: 'gpt-4o-mini-tts',
  },
  xai: { realtime: '' },
  gemini: { realtime: 'gemini-2.5-flash-native-audio-preview-12-2025' },
  elevenlabs: {
    realtime: 'eleven_multilingual_v2',
    speech: 'eleven_multilingual_v2',
    live_transcription: 'scribe_v2_realtime',
    file_transcription: 'scribe_v1',
  },
};

/** The model of a vendor for a role; null: the vendor has none. */
export const defaultModel = (provider: ProviderId, role: ModelRole): string | null => defaults[provider][role] ?? null;

/** What is known of a model; null: nothing. */
export const modelOf = (provider: ProviderId, id: string): Model | null =>
  models.find((model) => model.provider === provider && model.id === id) ?? null;

/**
 * How a model is paid. One that is not in the table is counted as the dearest of its vendor and role, so that a cap on money holds.
 * @returns null where the vendor has nothing for this role
 */
export const billingOf = (provider: ProviderId, role: ModelRole, id: string): Billing | null => {
  const known = modelOf(provider, id);
  if (known !== null) return known.billing;
  const alike = models.filter((model) => model.provider === provider && model.roles.includes(role));
  return alike.toSorted((a, b) => dearness(b.billing) - dearness(a.billing))[0]?.billing ?? null;
};

/** About what a minute of speech costs, in dollars: a person says 150 words, 900 characters or 1,200 tokens of audio in it. */
const dearness = (billing: Billing): number => {
  switch (billing.per) {
    case 'minute':
      return billing.usd;
    case 'character':
      return (billing.usdPerMillion * 900) / 1_000_000;
    case 'token': {
      const { inputAudio, outputAudio, outputText } = billing.usdPerMillion;
      return ((inputAudio + outputAudio) * 1_200 + outputText * 200) / 1_000_000;
    }
  }
};
