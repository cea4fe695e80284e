/** What is waited for: each kind takes its own time. */
export const slotKinds = ['adx', 'omni'] as const;
export type SlotKind = (typeof slotKinds)[number];

/** Seconds that a session of each kind takes until more is known, and the least that one beyond its time is thought to take still. */
export const usualSeconds = { adx: 120, omni: 90 } as const satisfies Record<SlotKind, number>;
export const overrunSeconds = 15;
/** Weight of the newest session, and how many have to be known before they count. */
const newest = 0.3;
const leastKnown = 3;

/** How long sessions take, learnt from those that have ended. */
export class SlotDurations {
  readonly #known = new Map<SlotKind, { readonly seconds: number; readonly count: number }>();

  /** A session of a kind has ended. */
  ended(kind: SlotKind, seconds: number): void {
    const before = this.#known.get(kind);
    const mean = before === undefined ? seconds : before.seconds * (1 - newest) + seconds * newest;
    this.#known.set(kind, { seconds: mean, count: (before?.count ?? 0) + 1 });
  }

  /** Seconds that one is thought to take. */
  of(kind: SlotKind): number {
    const known = this.#known.get(kind);
    return known !== undefined && known.count >= leastKnown ? known.seconds : usualSeconds[kind];
  }
}

/** Seconds that a session still takes which began so long ago. */
export const remainingSeconds = (base: number, elapsed: number): number =>
  base > elapsed ? base - elapsed : overrunSeconds;

/**
 * Seconds until each of those who wait gets a slot, first come first served: whoever is next takes the slot that is free first, and
 * keeps it for as long as their kind takes. Pure.
 * @param busy seconds that each taken slot still takes; a free one takes none
 * @param waiting seconds that each of those who wait will take, in their order
 */
export const estimateWaits = (busy: readonly number[], waiting: readonly number[]): number[] => {
  const free = busy.toSorted((a, b) => a - b);
  return waiting.map((seconds) => {
    const at = free.shift() ?? Number.POSITIVE_INFINITY;
    const done = at + seconds;
    const place = free.findIndex((other) => other > done);
    if (place < 0) free.push(done);
    else free.splice(place, 0, done);
    return at;
  });
};
