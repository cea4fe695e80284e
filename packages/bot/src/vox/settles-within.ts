import type { Clock } from '@parley/protocol';

/**
 * Waits for `promise`, but not longer than `ms`.
 * @returns whether it settled in time; its rejection is passed on.
 */
export const settlesWithin = async (clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> => {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  using _timer = clock.setTimeout(() => resolve(false), ms);
  return await Promise.race([promise.then(() => true as const), late]);
};
