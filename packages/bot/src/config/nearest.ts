/** Longer words are no typing errors of ours, and comparing them would be slow. */
const longest = 64;

/**
 * The candidate with the fewest edits (insertions, deletions, exchanges, neighbours swapped), or null when none is near: more than
 * 40 % different.
 */
export const nearest = (word: string, candidates: Iterable<string>): string | null => {
  if (word.length > longest) return null;
  let best: string | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best !== null && fewest <= Math.max(1, Math.floor(0.4 * Math.max(word.length, best.length))) ? best : null;
};

/** Damerau's distance in its restricted form ("optimal string alignment"). */
const distance = (a: string, b: string): number => {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const exchange = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, exchange, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
};
