import type { GuildSettings } from '../../config/guild-settings.ts';
import type { LanguageGuidance } from '../provider/realtime-provider.ts';

const promptChars = 280;

/**
 * How recognizers are told of the language: fixed → the language alone, without a prompt; auto → no language, the hint in the prompt
 * with the names and words that are often said. Pure.
 */
export const languageOf = ({
  languageMode,
  languageHint,
  languagePrompt,
}: Pick<GuildSettings, 'languageMode' | 'languageHint' | 'languagePrompt'>): LanguageGuidance => {
  if (languageMode === 'fixed') return { language: languageHint, prompt: '' };
  const prompt = languagePrompt.trim();
  const hint = languageHint === '' ? '' : `The language is probably ${languageHint}.`;
  return {
    language: '',
    prompt: [hint, prompt]
      .filter((part) => part !== '')
      .join(' ')
      .slice(0, promptChars),
  };
};
