import type { EpisodeRow, MemoryRow } from '../memory-rows.ts';

/** Things that are told at once, and characters of all of them. */
const maxHits = 8;
const maxAnswer = 2000;

const wordsOf = (text: string): Set<string> =>
  new Set(
    text
      .normalize('NFKC')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 2),
  );

/** How many words of a question occur in a text; the beginnings of long words count, so that "chess" finds "chessboard". */
const shared = (query: ReadonlySet<string>, text: string): number => {
  const words = [...wordsOf(text)];
  return [...query].filter((word) =>
    words.some((other) => other === word || (word.length > 3 && other.startsWith(word))),
  ).length;
};

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/**
 * What is known of something, the closest first: memories and past conversations that share words with the question; without words, the
 * newest. What may be heard has to be sorted out before. Pure.
 */
export const recalled = (
  query: string,
  { memories, episodes }: { readonly memories: readonly MemoryRow[]; readonly episodes: readonly EpisodeRow[] },
  nameOf: (userId: string) => string,
): string => {
  const words = wordsOf(query);
  const things = [
    ...memories.map(({ id, ownerId, text, updatedAt }) => ({
      at: updatedAt,
      line: JSON.stringify({ id, of: nameOf(ownerId), known: text }),
      text,
    })),
    ...episodes.map(({ at, summary, themes, openLoops }) => ({
      at,
      line: JSON.stringify({
        day: day(at),
        conversation: summary,
        ...(openLoops.length > 0 ? { leftOpen: openLoops } : {}),
      }),
      text: [summary, ...themes, ...openLoops].join(' '),
    })),
  ];
  const found = things
    .map((thing) => ({ ...thing, score: shared(words, thing.text) }))
    .filter(({ score }) => words.size === 0 || score > 0)
    .toSorted((a, b) => b.score - a.score || b.at - a.at)
    .slice(0, maxHits);
  const lines: string[] = [];
  for (const { line } of found) {
    if (lines.join('\n').length + line.length < maxAnswer) lines.push(line);
  }
  return lines.length === 0 ? 'Nothing is remembered of that.' : lines.join('\n');
};
