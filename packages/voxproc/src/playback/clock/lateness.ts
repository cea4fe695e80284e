/** Ticks remembered: 10 s of playing. */
const KEPT = 500;

/** How late the ticks of the last ten seconds of playing were. */
export class Lateness {
  #late = new Float64Array(KEPT);
  #next = 0;
  #ticks = 0;

  /** `ms` after it was due; early counts as punctual. */
  add(ms: number): void {
    this.#late[this.#next] = Math.max(0, ms);
    this.#next = (this.#next + 1) % KEPT;
    this.#ticks += 1;
  }

  /** Ticks since the beginning. */
  get ticks(): number {
    return this.#ticks;
  }

  /** 99th percentile, milliseconds; 0 before the first tick. */
  get p99Ms(): number {
    const count = Math.min(this.#ticks, KEPT);
    if (count === 0) return 0;
    const sorted = this.#late.slice(0, count).sort();
    return sorted[Math.ceil(count * 0.99) - 1] as number;
  }
}
