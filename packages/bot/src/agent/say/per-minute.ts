import type { Clock } from '@parley/protocol';

const minuteMs = 60_000;
/** Keys remembered; whoever did something longest ago is forgotten first. */
const mostKeys = 10_000;

/** At most so many of something within any minute, for each key. */
export class PerMinute {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #at = new Map<string, readonly number[]>();

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Milliseconds until one more is allowed; 0: now. */
  waitMs(key: string): number {
    const recent = this.#recent(key);
    const oldest = recent[0];
    return recent.length < this.#most || oldest === undefined ? 0 : Math.ceil(oldest + minuteMs - this.#nowMs);
  }

  /** Counts one. */
  count(key: string): void {
    const recent = [...this.#recent(key), this.#nowMs];
    this.#at.delete(key);
    this.#at.set(key, recent);
    const eldest = this.#at.keys().next();
    if (this.#at.size > mostKeys && !eldest.done) this.#at.delete(eldest.value);
  }

  #recent(key: string): readonly number[] {
    const nowMs = this.#nowMs;
    return (this.#at.get(key) ?? []).filter((at) => nowMs - at < minuteMs);
  }

  get #nowMs(): number {
    return this.#clock.monotonicUs() / 1000;
  }
}
