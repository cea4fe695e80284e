import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
const NS = 1e6;

/** How late the event loop is. The histogram counts whole timer periods: what exceeds the period is the delay. */
export class LoopDelay implements Disposable {
  #histogram: ReturnType<typeof monitorEventLoopDelay>;

  constructor() {
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#histogram.enable();
  }

  /** 99th percentile since the last `reset`, milliseconds. */
  get p99Ms(): number {
    return delayOf(this.#histogram.percentile(99));
  }

  /** Longest since the last `reset`, milliseconds. */
  get maxMs(): number {
    return delayOf(this.#histogram.max);
  }

  reset(): void {
    this.#histogram.reset();
  }

  [Symbol.dispose](): void {
    this.#histogram.disable();
  }
}

const delayOf = (nanoseconds: number): number =>
  Number.isFinite(nanoseconds) ? Math.max(0, Math.round(nanoseconds / NS / 0.01) * 0.01 - RESOLUTION_MS) : 0;
