import type { ApiSpoken } from '@parley/protocol/api';

/** The index of the segment that is said at a time, or was said last before it; -1 before the first. Segments are in order. */
export const segmentAt = (segments: readonly Pick<ApiSpoken, 'fromMs'>[], ms: number): number => {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.fromMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

export interface TextPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Letters without their accents and cases, one for one, so that places found there are places in the text. */
const folded = (text: string): string =>
  [...text]
    .map((char) => {
      const plain = char.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
      return plain.length === char.length
        ? plain
        : char.toLowerCase().length === char.length
          ? char.toLowerCase()
          : char;
    })
    .join('');

/** A text cut into what matches the words looked for and what does not; case and accents do not count. */
export const matchesIn = (text: string, query: string): TextPart[] => {
  const sought = folded(query.trim());
  if (sought === '') return [{ text, isMatch: false }];
  const plain = folded(text);
  const parts: TextPart[] = [];
  let from = 0;
  for (let at = plain.indexOf(sought); at >= 0; at = plain.indexOf(sought, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), isMatch: false });
    parts.push({ text: text.slice(at, at + sought.length), isMatch: true });
    from = at + sought.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isMatch: false });
  return parts;
};

/** What a search answers: the excerpt with its match between `‹` and `›`. */
export const excerptParts = (excerpt: string): TextPart[] =>
  excerpt
    .split(/(‹[^›]*›)/)
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith('‹') ? { text: part.slice(1, -1), isMatch: true } : { text: part, isMatch: false },
    );
