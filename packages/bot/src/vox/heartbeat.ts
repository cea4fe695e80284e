import type { Channel, Clock } from '@parley/protocol';

/** Milliseconds between pings. */
export const pingIntervalMs = 1000;
/** Pings in a row without an answer after which a child counts as dead. */
export const missedPingsAllowed = 5;

/**
 * Pings a child each second. Ticks are counted, not time: after this process itself was stopped for a while only one tick has
 * passed, so a healthy child is not blamed.
 */
export const startHeartbeat = (
  channel: Channel<'supervisor'>,
  clock: Clock,
  on: { answered(): void; silent(): void },
): Disposable => {
  let seq = 0;
  let missed = 0;
  return clock.setInterval(() => {
    missed += 1;
    if (missed > missedPingsAllowed) {
      on.silent();
      return;
    }
    seq += 1;
    channel.request('ping', { seq }, { deadlineMs: pingIntervalMs * missedPingsAllowed }).then(
      () => {
        missed = 0;
        on.answered();
      },
      () => undefined, // an unanswered ping shows in the count
    );
  }, pingIntervalMs);
};
