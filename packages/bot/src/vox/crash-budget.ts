import type { Clock } from '@parley/protocol';

/** Respawns of one session: at most `respawns` in `windowMs` (01-architecture, "Death"). */
export const respawnLimits = { respawns: 3, windowMs: 60_000 } as const;

/** Counts crashes in a sliding window and says whether another start is still sensible. */
export class CrashBudget {
  #clock: Clock;
  #limits: { respawns: number; windowMs: number };
  #crashes: number[] = [];

  constructor(clock: Clock, limits: { respawns: number; windowMs: number } = respawnLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Notes a crash now. @returns whether the child may be started again. */
  crashed(): boolean {
    const now = this.#clock.monotonicUs() / 1000;
    this.#crashes = this.#crashes.filter((at) => now - at < this.#limits.windowMs);
    this.#crashes.push(now);
    return this.#crashes.length <= this.#limits.respawns;
  }
}
