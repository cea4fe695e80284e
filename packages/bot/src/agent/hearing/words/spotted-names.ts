import type { Heard } from '@parley/mux';

/** A name that was heard; seconds of the capture. */
export interface SpottedName {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** How much of a word lies under a name for the word to be a mishearing of it. */
const coverage = 0.5;

/** What was said, with the names in the place of the words they were taken for. Pure. */
export const withNames = (heard: readonly Heard[], spotted: readonly SpottedName[]): string => {
  const words = heard.flatMap(({ words: own }) => own ?? []);
  const covered = ({ from, to }: { readonly from: number; readonly to: number }): boolean =>
    spotted.some((name) => {
      const shared = Math.min(to, name.to) - Math.max(from, name.from);
      return shared > 0 && shared >= (to - from) * coverage;
    });
  const kept = words.filter((word) => !covered(word)).map(({ from, text }) => ({ from, text }));
  const names = spotted.map(({ from, name }) => ({ from, text: name }));
  return [...kept, ...names]
    .toSorted((a, b) => a.from - b.from)
    .map(({ text }) => text)
    .join(' ');
};
