import type { MusicHit } from '../track.ts';

/** Less than this does not fit what was asked for. */
export const leastScore = 0.5;
/** A best hit is taken without asking when the next one is so much worse. */
const clearlyBetter = 0.15;
/** Hits that are shown to choose from. */
export const mostShown = 5;

export type Chosen =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'one'; readonly hit: MusicHit }
  /** Somebody has to choose; the best first. */
  | { readonly kind: 'several'; readonly hits: readonly MusicHit[] };

/** Which of the hits is meant. Pure. */
export const chooseHits = (hits: readonly MusicHit[]): Chosen => {
  const good = hits
    .filter(({ score }) => score >= leastScore)
    .toSorted((a, b) => b.score - a.score || a.title.localeCompare(b.title));
  const [best, next] = good;
  if (!best) return { kind: 'nothing' };
  if (!next || best.score - next.score >= clearlyBetter) return { kind: 'one', hit: best };
  const near = good.filter(({ score }) => best.score - score < clearlyBetter);
  return { kind: 'several', hits: near.slice(0, mostShown) };
};
