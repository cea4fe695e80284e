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
    /** Said once until somebody is heard again. @returns whether it was said; if not, the time begins anew. */
    nobodyHeard(ms: number): boolean;
  };
}

/** What a change of settings asks of the clocks. */
export interface SessionTimes {
  /** From now on, milliseconds; null = none. */
  readonly maxMs: number | null;
  readonly aloneMs: number;
}

/** The clocks of a session: its longest duration, how long it has been alone, how long nobody was heard. Disposing stops them all. */
export class SessionTimers implements Disposable {
  #options: SessionTimerOptions;
  #scope = new DisposableStack();
  #longest = new DisposableStack();
  #aloneMs: number;
  #alone: Disposable | null = null;
  #aloneSince = 0;
  #quiet: Disposable | null = null;
  #lastHeard: number;
  #endsAt: number | null;

  constructor(options: SessionTimerOptions) {
    this.#options = options;
    this.#aloneMs = options.aloneMs;
    this.#lastHeard = this.#nowMs();
    this.#endsAt = this.#watchLongest(options.maxMs);
    this.#scope.defer(() => {
      this.#longest.dispose();
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
    this.#aloneSince = this.#nowMs();
    this.#watchAlone();
    return true;
  }

  /** Follows changed settings: the longest duration anew, and a clock of being alone that runs counts from where it began. */
  change({ maxMs, aloneMs }: SessionTimes): void {
    if (this.#scope.disposed) return;
    this.#longest.dispose();
    this.#longest = new DisposableStack();
    this.#endsAt = this.#watchLongest(maxMs);
    this.#aloneMs = aloneMs;
    if (!this.#alone) return;
    this.#alone[Symbol.dispose]();
    this.#watchAlone();
  }

  /** Somebody speaks. */
  heard(): void {
    this.#lastHeard = this.#nowMs();
    if (this.#quiet === null) this.#watchQuiet(quietAfterMs);
  }

  [Symbol.dispose](): void {
    this.#scope.dispose();
  }

  #watchAlone(): void {
    const { clock, on } = this.#options;
    this.#alone = clock.setTimeout(() => on.alone(), Math.max(0, this.#aloneSince + this.#aloneMs - this.#nowMs()));
  }

  /** @returns when the session ends at the latest, on the monotonic clock; null = never. */
  #watchLongest(maxMs: number | null): number | null {
    if (maxMs === null) return null;
    const { clock, on } = this.#options;
    this.#longest.use(clock.setTimeout(() => on.maxDuration(), Math.max(0, maxMs)));
    for (const nearMs of maxNearMs) {
      if (maxMs >= nearMs) this.#longest.use(clock.setTimeout(() => on.maxDurationNear(nearMs), maxMs - nearMs));
    }
    return this.#nowMs() + maxMs;
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
      if (!this.#options.on.nobodyHeard(silentMs)) this.heard();
    }, ms);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
