const minute = 60_000;

/** Milliseconds after each failed try until the next; after the last the event is given up, two and a half days after the first. */
const waits = [
  minute,
  5 * minute,
  30 * minute,
  120 * minute,
  ...Array.from({ length: 5 }, () => 720 * minute),
] as const;

/** Tries of one event, the first among them. */
export const maxTries = waits.length + 1;

/**
 * How long until the next try, milliseconds; null: given up. Up to a fifth is added, so that what failed at once does not come back at once.
 * @param tries how many were made @param random 0 to 1
 */
export const retryAfter = (tries: number, random: number): number | null => {
  const wait = waits[tries - 1];
  return wait === undefined ? null : Math.round(wait * (1 + random / 5));
};
