import type { Clock } from '@parley/protocol';

/** How often one person may ask. */
export interface RateLimit {
  /** Requests that may come at once. */
  readonly burst: number;
  /** Milliseconds after which one more is allowed. */
  readonly refillMs: number;
  /** People remembered at the same time; the one longest unseen is forgotten first. */
  readonly maxUsers: number;
}

export const defaultRateLimit = { burst: 5, refillMs: 3_000, maxUsers: 10_000 } as const satisfies RateLimit;

/** `tell`: whether the person should hear of it: once per stretch of refusals, so that answering is no flood itself. */
export type RateDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterMs: number; readonly tell: boolean };

interface Bucket {
  tokens: number;
  /** Monotonic microseconds at which `tokens` was right. */
  at: number;
  told: boolean;
}

/** A token bucket per person, on the monotonic clock. */
export class UserRateLimiter {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  readonly #buckets = new Map<string, Bucket>();
  #refused = 0;

  constructor(clock: Clock, limit: RateLimit = defaultRateLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Requests refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** People remembered now. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one request of this person, or says when the next one is possible. */
  take(userId: string): RateDecision {
    const { burst, refillMs } = this.#limit;
    const now = this.#clock.monotonicUs();
    const bucket = this.#buckets.get(userId) ?? { tokens: burst, at: now, told: false };
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / (refillMs * 1000));
    bucket.at = now;
    this.#remember(userId, bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      bucket.told = false;
      return { allowed: true };
    }
    this.#refused += 1;
    const tell = !bucket.told;
    bucket.told = true;
    return { allowed: false, retryAfterMs: Math.ceil((1 - bucket.tokens) * refillMs), tell };
  }

  /** Map keeps insertion order: what is taken out and put back becomes the youngest. */
  #remember(userId: string, bucket: Bucket): void {
    this.#buckets.delete(userId);
    this.#buckets.set(userId, bucket);
    if (this.#buckets.size <= this.#limit.maxUsers) return;
    const oldest = this.#buckets.keys().next();
    if (!oldest.done) this.#buckets.delete(oldest.value);
  }
}
