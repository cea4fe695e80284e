import type { Clock } from '@parley/protocol';

export const FRAME_MS = 20;
/** A frame that is due longer ago than this is not caught up with: the rest is played later instead of in a burst. */
const MAX_LAG_MS = 40;

/**
 * Calls `frame` every 20 ms, the first time at once, until it answers false. Drift-corrected: each due time follows from the one
 * before, not from when the timer fired. @returns how many frames came too late.
 */
export const runFrames = async (clock: Clock, frame: (index: number) => boolean): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const nowMs = () => clock.monotonicUs() / 1000;
  let dueMs = nowMs();
  let late = 0;
  const step = (index: number): void => {
    try {
      if (!frame(index)) {
        resolve(late);
        return;
      }
    } catch (error) {
      reject(error);
      return;
    }
    dueMs += FRAME_MS;
    const lagMs = nowMs() - dueMs;
    if (lagMs > MAX_LAG_MS) {
      dueMs = nowMs();
      late += 1;
    }
    clock.setTimeout(() => step(index + 1), Math.max(0, dueMs - nowMs()));
  };
  step(0);
  return await promise;
};
