/** What somebody searches for: words, and words in a row (in quotation marks). */
export type SearchTerm = readonly string[];

/** More than this is no search any more. */
const maxTerms = 16;
const maxTermLength = 64;

const wordsOf = (text: string): string[] =>
  (text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? []).flatMap((word) =>
    word.split(/['’]/).filter((part) => part !== ''),
  );

/** Reads what somebody typed; everything but letters, digits and quotation marks only parts words. Pure. */
export const searchTerms = (typed: string): SearchTerm[] =>
  [...typed.matchAll(/["“”„]([^"“”„]*)["“”„]|([^"“”„]+)/gu)]
    .flatMap(([, phrase, loose]) =>
      phrase === undefined ? wordsOf(loose ?? '').map((word) => [word]) : [wordsOf(phrase)],
    )
    .filter((term) => term.length > 0)
    .map((term) => term.map((word) => word.slice(0, maxTermLength)))
    .slice(0, maxTerms);

/**
 * The terms as a query of FTS5: each in quotation marks, so that nothing of it is syntax (sqlite.org/fts5.html, "FTS5 Strings").
 * `all`: every term, the last one as far as it is typed; `any`: the more the better. Pure.
 */
export const ftsQuery = (terms: readonly SearchTerm[], mode: 'all' | 'any'): string =>
  terms
    .map((term, i) => `"${term.join(' ')}"${mode === 'all' && i === terms.length - 1 ? ' *' : ''}`)
    .join(mode === 'all' ? ' AND ' : ' OR ');

/** A term as a pattern of `LIKE ? ESCAPE '\'`. Pure. */
export const likePattern = (term: SearchTerm): string => `%${term.join(' ').replaceAll(/[\\%_]/g, '\\$&')}%`;

/** Characters around a match in an excerpt. */
const around = 60;

/** The words around the first match, which stands between ‹ and ›, for where SQLite does not make the excerpt. Pure. */
export const excerptOf = (text: string, terms: readonly SearchTerm[]): string => {
  const lower = text.toLowerCase();
  const found = terms
    .map((term) => ({ at: lower.indexOf(term.join(' ').toLowerCase()), length: term.join(' ').length }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)[0];
  // Lower case may be longer than what it stands for (İ): then the place is not that of the text.
  if (found === undefined || lower.length !== text.length) return cut(text, 0, 2 * around);
  const from = Math.max(0, found.at - around);
  const end = found.at + found.length;
  const before = cut(text, from, found.at - from, false);
  return `${before}‹${text.slice(found.at, end)}›${cut(text, end, around, true, false)}`;
};

/** Part of a text; an ellipsis stands where something is missing. */
const cut = (text: string, from: number, length: number, after = true, before = true): string => {
  const part = text
    .slice(from, from + length)
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/^[\uDC00-\uDFFF]/, '');
  return `${before && from > 0 ? '…' : ''}${part}${after && from + length < text.length ? '…' : ''}`;
};
