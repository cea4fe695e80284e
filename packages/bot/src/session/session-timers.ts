import type { Clock } from '@parley/protocol';

/** Milliseconds without anybody heard after which it is said. */
export const quietAfterMs = 300_000;
/** How long before the longest duration people are warned, milliseconds. */
export const maxNearMs = [120_000, 45_000] as const;

export interface SessionTimerOptions {
  readonly clock: Clock;
  /** Longest duration of the session from now, milliseconds; null = none. */
  readonly maxMs: number | null;
  readonly aloneMs: number;
  readonly on: {
    maxDuration(): void;
    maxDurationNear(remainingMs: number): void;
    /** Nobody but bots for `aloneMs`. */
    alone(): void;
    /** Said once until somebody is heard again. */
    nobodyHeard(ms: number): void;
  };
}

/** The clocks of a session: its longest duration, how long it has been alone, how long nobody was heard. Disposing stops them all. */
export class SessionTimers implements Disposable {
  #options: SessionTimerOptions;
  #scope = new DisposableStack();
  #alone: Disposable | null = null;
  #quiet: Disposable | null = null;
  #lastHeard: number;
  #endsAt: number | null;

  constructor(options: SessionTimerOptions) {
    const { clock, maxMs, on } = options;
    this.#options = options;
    this.#lastHeard = this.#nowMs();
    this.#endsAt = maxMs === null ? null : this.#lastHeard + maxMs;
    if (maxMs !== null) {
      this.#scope.use(clock.setTimeout(() => on.maxDuration(), Math.max(0, maxMs)));
      for (const nearMs of maxNearMs) {
        if (maxMs > nearMs) this.#scope.use(clock.setTimeout(() => on.maxDurationNear(nearMs), maxMs - nearMs));
      }
    }
    this.#scope.defer(() => {
      this.#alone?.[Symbol.dispose]();
      this.#quiet?.[Symbol.dispose]();
    });
    this.#watchQuiet(quietAfterMs);
  }

  /** Milliseconds until the longest duration; null = none. */
  get remainingMs(): number | null {
    return this.#endsAt === null ? null : Math.max(0, this.#endsAt - this.#nowMs());
  }

  /** How many humans are in the channel now. @returns whether the clock of being alone was just started. */
  humans(count: number): boolean {
    if (this.#scope.disposed) return false;
    if (count > 0) {
      this.#alone?.[Symbol.dispose]();
      this.#alone = null;
      return false;
    }
    if (this.#alone) return false;
    this.#alone = this.#options.clock.setTimeout(() => this.#options.on.alone(), this.#options.aloneMs);
    return true;
  }

  /** Somebody speaks. */
  heard(): void {
    this.#lastHeard = this.#nowMs();
    if (this.#quiet === null) this.#watchQuiet(quietAfterMs);
  }

  [Symbol.dispose](): void {
    this.#scope.dispose();
  }

  #watchQuiet(ms: number): void {
    if (this.#scope.disposed) return;
    this.#quiet = this.#options.clock.setTimeout(() => {
      const silentMs = this.#nowMs() - this.#lastHeard;
      if (silentMs < quietAfterMs) {
        this.#watchQuiet(quietAfterMs - silentMs);
        return;
      }
      this.#quiet = null;
      this.#options.on.nobodyHeard(silentMs);
    }, ms);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
