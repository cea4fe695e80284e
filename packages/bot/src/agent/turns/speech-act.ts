import { backchannels, openEndings, stopPhrases } from './word-lists.ts';
import { standsAt, tokensOf } from './words.ts';

/** Whether `text` is nothing but signs of listening: at most four words of them. */
export const isBackchannel = (text: string): boolean => {
  const tokens = tokensOf(text);
  return tokens.length > 0 && tokens.length <= 4 && tokens.every((token) => backchannels.has(token));
};

/** Whether `text` begins with something that means “stop”. */
export const saysStop = (text: string): boolean => {
  const tokens = tokensOf(text);
  return stopPhrases.some((phrase) => standsAt(tokens, phrase, 0));
};

/** A word beside “stop” is courtesy or the bot's name; more is something to be answered. */
const stopOnlyWords = 4;

/** Whether `text` wants silence and nothing else. */
export const onlySaysStop = (text: string): boolean => asksToStop(text) && tokensOf(text).length <= stopOnlyWords;

/** Whether “stop” is said in `text`, wherever it stands. */
export const asksToStop = (text: string): boolean => {
  const tokens = tokensOf(text);
  return tokens.some((_, at) => stopPhrases.some((phrase) => standsAt(tokens, phrase, at)));
};

/** How finished words sound: `open` wants to go on, `likely` may be all, `complete` is; `unknown`: there are none. */
export type Completeness = 'unknown' | 'open' | 'likely' | 'complete';

/** Words from which on a sentence without punctuation may be whole. */
const wholeFrom = 3;

/** Judges what is understood of a turn so far. Recognizers differ: some write punctuation, some none. */
export const completenessOf = (text: string): Completeness => {
  const trimmed = text.trim();
  const tokens = tokensOf(trimmed);
  const last = tokens.at(-1);
  if (last === undefined) return 'unknown';
  if (/(?:\.\.\.|…|[,;:–-])$/.test(trimmed)) return 'open';
  if (/[?!]$/.test(trimmed)) return 'complete';
  if (openEndings.has(last)) return 'open';
  if (/\.$/.test(trimmed)) return 'complete';
  return tokens.length >= wholeFrom ? 'likely' : 'open';
};
