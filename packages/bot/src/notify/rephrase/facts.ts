/** Mentions and times of Discord, links, code, numbers: what a text may not lose, gain or change in other words. */
const factPatterns = [/<(?:@[!&]?|#|t:)[^>]*>/g, /https?:\/\/[^\s)]+/g, /`[^`]+`/g, /\d+(?:[.,:]\d+)*/g] as const;

/** The facts of a text, each as often as it occurs; those inside of another fact are not counted again. */
export const factsOf = (text: string): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  let rest = text;
  for (const pattern of factPatterns) {
    rest = rest.replaceAll(pattern, (fact) => {
      found.set(fact, (found.get(fact) ?? 0) + 1);
      return ' ';
    });
  }
  return found;
};

/** Longer than this many times the original, or than Discord takes, is no rephrasing. */
const maxGrowth = 2.5;
const maxLength = 2000;

/**
 * Whether other words say the same: every fact of the original is there, none was added, and nothing addresses everybody. What was
 * said about the facts cannot be checked, which is why only messages that promise nobody anything are rephrased. Pure.
 */
export const keepsFacts = (original: string, rephrased: string): boolean => {
  if (rephrased.trim() === '' || rephrased.length > Math.min(maxLength, original.length * maxGrowth + 80)) return false;
  if (/@(?:everyone|here)/.test(rephrased)) return false;
  const before = factsOf(original);
  const after = factsOf(rephrased);
  for (const [fact, count] of before) if ((after.get(fact) ?? 0) < count) return false;
  for (const fact of after.keys()) if (!before.has(fact)) return false;
  return true;
};
