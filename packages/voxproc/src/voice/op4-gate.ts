/** Milliseconds between two voice state updates. The main gateway takes 120 sends a minute for everything together. */
export const OP4_INTERVAL_MS = 1000;

/** Lets one voice state update a second through. Times are milliseconds of the caller's clock. */
export class Op4Gate {
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Milliseconds until the next one may go; 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#lastMs + OP4_INTERVAL_MS - nowMs);
  }

  /** Takes the turn, or refuses. */
  take(nowMs: number): boolean {
    if (this.waitMs(nowMs) > 0) return false;
    this.#lastMs = nowMs;
    return true;
  }
}
