import type { BargeInVerdict } from './barge-in.ts';
import type { FloorConfig } from './floor-types.ts';
import { asksToStop, isBackchannel, saysStop } from './speech-act.ts';
import { findCall } from './wake-name.ts';
import { tokensOf } from './words.ts';

/** Speech above the gate that is worth pausing for, ms. */
export const bargeInMs = 250;
/** Correlation with our own playout from which on it is an echo. */
export const echoFrom = 0.6;
/** How long words are waited for while the bot is paused, ms. */
export const wordsWithinMs = 700;

/** Somebody who speaks while the bot does. */
export interface Overlap {
  readonly config: Pick<FloorConfig, 'interruption' | 'words' | 'lateWords' | 'wakeNames'>;
  /** Whether it is a person the bot is answering; anybody is when it speaks of its own accord. */
  readonly isPartner: boolean;
  readonly loudMs: number;
  readonly echo: number | null;
  readonly text: string;
  readonly final: boolean;
  readonly ended: boolean;
  /** How long the bot has been paused for it, ms; null: it speaks. */
  readonly pausedMs: number | null;
  /** The bot was paused for it once and went on: only words stop it again. */
  readonly resumed: boolean;
}

/** `ignore` and `resume` differ by whether the bot was paused. */
export type BargeInDecision =
  | { readonly do: 'wait' | 'pause' }
  | { readonly do: 'ignore' | 'resume' | 'cut'; readonly why: BargeInVerdict };

type Rule = (overlap: Overlap) => BargeInDecision | null;

const denied =
  (why: BargeInVerdict, applies: (overlap: Overlap) => boolean): Rule =>
  (overlap) =>
    applies(overlap) ? { do: overlap.pausedMs === null ? 'ignore' : 'resume', why } : null;

const cut =
  (why: BargeInVerdict, applies: (overlap: Overlap) => boolean): Rule =>
  (overlap) =>
    applies(overlap) ? { do: 'cut', why } : null;

/** Nobody will tell in time what is said while the bot speaks: a realtime model is not given what is spoken over it. */
const withoutWords = ({ config: { words, lateWords } }: Overlap): boolean =>
  words === 'none' || words === 'provider' || lateWords === true;
const isCalled = ({ text, final, config }: Overlap): boolean => findCall(text, config.wakeNames, final) !== null;
const hasWords = ({ text }: Overlap): boolean => tokensOf(text).length > 0;

/** No more is to be waited for. */
const settled = (overlap: Overlap): boolean =>
  overlap.final || (overlap.pausedMs ?? 0) >= wordsWithinMs || (overlap.ended && withoutWords(overlap));

/** In order: the first that applies decides. */
export const bargeInRules: readonly Rule[] = [
  denied('nobody_may', ({ config }) => config.interruption === 'nobody'),
  // Whoever may interrupt it: the bot falls silent for anybody who calls it by name and says so.
  cut('stopped', (overlap) => isCalled(overlap) && asksToStop(overlap.text)),
  denied('not_the_speaker', ({ config, isPartner }) => config.interruption === 'speaker' && !isPartner),
  denied('echo', ({ echo }) => echo !== null && echo >= echoFrom),
  cut('stopped', ({ text }) => saysStop(text)),
  cut('wake_name', isCalled),
  denied('too_short', ({ loudMs, ended }) => ended && loudMs < bargeInMs),
  (overlap) => (overlap.loudMs < bargeInMs && overlap.pausedMs === null ? { do: 'wait' } : null),
  cut('words', (overlap) => hasWords(overlap) && !isBackchannel(overlap.text)),
  cut('kept_speaking', (overlap) => withoutWords(overlap) && overlap.loudMs >= wordsWithinMs),
  ({ pausedMs, ended, resumed }) => (pausedMs === null && !ended && !resumed ? { do: 'pause' } : null),
  (overlap) => (settled(overlap) ? null : { do: 'wait' }),
  denied('backchannel', hasWords),
  denied('no_words', () => true),
];

/** What to do about somebody who speaks over the bot, now. Pure. */
export const bargeInOf = (overlap: Overlap): BargeInDecision => {
  for (const rule of bargeInRules) {
    const decision = rule(overlap);
    if (decision !== null) return decision;
  }
  return { do: 'wait' };
};
