/** How lost sockets are opened again (05, Providers): after 250 ms, doubling to 10 s, at most 5 times in 2 minutes. */
export const reconnectLimits = { firstMs: 250, lastMs: 10_000, attempts: 5, withinMs: 120_000, jitter: 0.2 } as const;

/**
 * What to do after a loss at `nowMs`, given when earlier attempts were made (same clock, oldest first). A socket that stays up makes
 * its attempts old by itself. Pure; `random` is in [0, 1).
 */
export const reconnectAfter = (
  attemptsAt: readonly number[],
  nowMs: number,
  random: number,
): { readonly delayMs: number } | 'give_up' => {
  const recent = attemptsAt.filter((at) => nowMs - at < reconnectLimits.withinMs).length;
  if (recent >= reconnectLimits.attempts) return 'give_up';
  const { firstMs, lastMs, jitter } = reconnectLimits;
  const base = Math.min(firstMs * 2 ** recent, lastMs);
  return { delayMs: Math.round(base * (1 - jitter + 2 * jitter * random)) };
};

/** When a socket is replaced, before its limit is over: between responses from the margin on, whatever goes on at the last moment. */
export const rotationMargin = { betweenResponsesMs: 120_000, lastMomentMs: 8_000 } as const;

/** After a rotation that failed the next is tried this much later, ms; the old socket serves meanwhile. */
export const rotationRetryMs = 10_000;

/** What the age of a socket asks for. `limitMs` is its longest life, null when none is known. Pure. */
export const rotationDue = (ageMs: number, limitMs: number | null): 'no' | 'between_responses' | 'now' => {
  if (limitMs === null) return 'no';
  const leftMs = limitMs - ageMs;
  if (leftMs <= rotationMargin.lastMomentMs) return 'now';
  // A short limit leaves half of it for the margin.
  return leftMs <= Math.min(rotationMargin.betweenResponsesMs, limitMs / 2) ? 'between_responses' : 'no';
};
