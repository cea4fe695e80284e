import type { Settings } from '../../config/settings-schema.ts';
import type { JobConfig } from '../job/job-config.ts';

/** Who transcribes; null: nobody does. */
export type TranscriptionSettings = Pick<Settings, 'transcription' | 'brain'>;

/** The child's orders. Pure. @returns null when nobody transcribes */
export const jobOf = (
  { transcription, brain }: TranscriptionSettings,
  people: { readonly without: Iterable<string>; readonly withoutAi: Iterable<string> },
  budget: JobConfig['budget'],
): JobConfig | null => {
  const {
    provider,
    baseUrl,
    model = null,
    apiKey = null,
    language = null,
    program = null,
    concurrency,
  } = transcription;
  if (provider === 'none') return null;
  return {
    engine: { provider, baseUrl, model, apiKey, language, program, concurrency },
    without: [...people.without],
    budget,
    brain:
      brain.baseUrl === undefined || brain.model === undefined
        ? null
        : {
            ...{ baseUrl: brain.baseUrl, model: brain.model, apiKey: brain.apiKey ?? null },
            without: [...people.withoutAi],
          },
  };
};

/** What is left of a bound in minutes, in seconds; null: there is none. Pure. */
export const leftOf = (minutes: number, usedSeconds: number): number | null =>
  minutes === 0 ? null : Math.max(0, minutes * 60 - usedSeconds);

/** Where the words go, for people: the provider's host, or this machine; null: nobody transcribes. Pure. */
export const transcriberName = ({ transcription }: Pick<TranscriptionSettings, 'transcription'>): string | null => {
  switch (transcription.provider) {
    case 'none':
      return null;
    case 'openai':
      return new URL(transcription.baseUrl).host;
    case 'whisper_cpp':
    case 'pocketsphinx':
      return 'a program on its own machine';
  }
};
