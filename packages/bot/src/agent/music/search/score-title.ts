import { editDistance, tokensOf } from '../../turns/words.ts';

/** A word a recognizer wrote counts as one of the title that is one letter off, from five letters on. */
const isNear = (asked: string, word: string): boolean =>
  asked === word ||
  (asked.length >= 3 && word.startsWith(asked)) ||
  (asked.length >= 5 && Math.abs(asked.length - word.length) <= 1 && editDistance(asked, word) <= 1);

/** Words that say that music is wanted, not which. */
const idle: ReadonlySet<string> = new Set(['the', 'a', 'an', 'by', 'of', 'and', 'some', 'song', 'music', 'track']);

/**
 * How well a title fits what was asked for, 0 (not at all) to 1 (word for word): mostly how much of what was asked for it has, and a
 * little how much of it was asked for. Pure.
 */
export const scoreTitle = (asked: string, title: string): number => {
  const all = tokensOf(asked);
  const telling = all.filter((word) => !idle.has(word));
  const wanted = telling.length > 0 ? telling : all;
  const words = tokensOf(title);
  if (wanted.length === 0 || words.length === 0) return 0;
  const found = wanted.filter((one) => words.some((word) => isNear(one, word))).length;
  const named = words.filter((word) => all.some((one) => isNear(one, word))).length;
  return 0.8 * (found / wanted.length) + 0.2 * (named / words.length);
};
