import type { Billing, Model, ModelRole } from '../provider/models/model.ts';
import { models } from '../provider/models/model-table.ts';
import { noUsage, type ProviderUsage } from '../provider/provider-event.ts';
import type { BudgetRole, Spending } from '../session/agent-budget.ts';

/** What of the table a role of the budget may be. */
const rolesOf = {
  realtime: ['realtime'],
  transcription: ['live_transcription', 'file_transcription', 'input_transcription'],
  speech: ['speech'],
  brain: [],
} as const satisfies Record<BudgetRole, readonly ModelRole[]>;

/**
 * What a text model is taken to cost, US dollars for a million tokens: nobody knows the prices of a server of one's own, and a cap has to
 * hold. About what large models of the big vendors cost.
 */
const brainBilling: Billing = {
  per: 'token',
  usdPerMillion: { inputText: 5, cachedText: 5, inputAudio: 0, cachedAudio: 0, outputText: 25, outputAudio: 0 },
};

const million = 1_000_000;
const minuteMs = 60_000;

/**
 * What stands in for tokens that nobody tells, where a model is paid by the token: a minute of speech is about 1,000 tokens of audio (what
 * OpenAI's page "Pricing" makes a minute cost) and 200 of words; it is read from about 900 characters, 4 to a token.
 */
const guessed = { audioPerMinute: 1000, wordsPerMinute: 200, charactersPerMinute: 900, charactersPerToken: 4 } as const;

/** Tokens of what was heard, or said, when only its length is known. */
const guessedUsage = (usage: ProviderUsage, audioMs: number): ProviderUsage => {
  const heard = audioMs / minuteMs;
  const said = usage.characters / guessed.charactersPerMinute;
  return {
    ...noUsage,
    inputAudioTokens: heard * guessed.audioPerMinute,
    outputTextTokens: heard * guessed.wordsPerMinute,
    inputTextTokens: usage.characters / guessed.charactersPerToken,
    outputAudioTokens: said * guessed.audioPerMinute,
  };
};

const hasTokens = ({ characters: _, ...tokens }: ProviderUsage): boolean =>
  Object.values(tokens).some((count) => count > 0);

const usdOf = (billing: Billing, { usage, audioMs = 0, openMs = 0 }: Spending): number => {
  switch (billing.per) {
    case 'minute':
      return ((billing.of === 'open_time' ? openMs : audioMs) / minuteMs) * billing.usd;
    case 'character':
      return ((usage?.characters ?? 0) / million) * billing.usdPerMillion;
    case 'token': {
      const { usdPerMillion: price } = billing;
      const told = usage ?? noUsage;
      const used = hasTokens(told) ? told : guessedUsage(told, audioMs);
      const usd =
        used.inputTextTokens * price.inputText +
        used.cachedTextTokens * price.cachedText +
        used.inputAudioTokens * price.inputAudio +
        used.cachedAudioTokens * price.cachedAudio +
        used.outputTextTokens * price.outputText +
        used.outputAudioTokens * price.outputAudio;
      return usd / million;
    }
  }
};

/** US dollars that something costs. A model that is not in the table costs what the dearest of its kind would have. Pure. */
export const priceOf = (spending: Spending, table: readonly Model[] = models): number => {
  if (spending.role === 'brain') return usdOf(brainBilling, spending);
  const roles: readonly ModelRole[] = rolesOf[spending.role];
  const alike = table.filter((model) => model.roles.some((role) => roles.includes(role)));
  const known = alike.filter(({ id }) => id === spending.model);
  const costs = (known.length > 0 ? known : alike).map(({ billing }) => usdOf(billing, spending));
  return Math.max(0, ...costs);
};
