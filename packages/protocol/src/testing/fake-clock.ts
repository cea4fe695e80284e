import type { Clock } from '../clock.ts';

interface Timer {
  at: number;
  readonly every: number | null;
  readonly callback: () => void;
}

/** A clock that moves only when told. Timers fire in the order of their times; one that a callback sets may fire in the same `advance`. */
export class FakeClock implements Clock {
  #nowMs: number;
  #startMs: number;
  #originUs: number;
  #timers = new Set<Timer>();

  /** `now`: epoch milliseconds at the start; `monotonicUs`: what the monotonic clock says then. */
  constructor({ now = 1_800_000_000_000, monotonicUs = 1_000_000_000 }: { now?: number; monotonicUs?: number } = {}) {
    this.#nowMs = now;
    this.#startMs = now;
    this.#originUs = monotonicUs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicUs(): number {
    return this.#originUs + Math.round((this.#nowMs - this.#startMs) * 1000);
  }

  /** How many timers are set: 0 when everything was released. */
  get timers(): number {
    return this.#timers.size;
  }

  setTimeout(callback: () => void, ms: number): Disposable {
    return this.#add({ at: this.#nowMs + ms, every: null, callback });
  }

  setInterval(callback: () => void, ms: number): Disposable {
    return this.#add({ at: this.#nowMs + ms, every: ms, callback });
  }

  /** Moves time on by `ms`, firing what is due on the way. */
  advance(ms: number): void {
    const until = this.#nowMs + ms;
    for (;;) {
      let next: Timer | null = null;
      for (const timer of this.#timers) if (timer.at <= until && (next === null || timer.at < next.at)) next = timer;
      if (next === null) break;
      this.#nowMs = Math.max(this.#nowMs, next.at);
      if (next.every === null) this.#timers.delete(next);
      else next.at += next.every;
      next.callback();
    }
    this.#nowMs = until;
  }

  /** Like `advance`, in steps, letting promises settle before each step and after the last. */
  async run(ms: number, stepMs = ms): Promise<void> {
    for (let done = 0; done < ms; done += stepMs) {
      await settle();
      this.advance(Math.min(stepMs, ms - done));
    }
    await settle();
  }

  #add(timer: Timer): Disposable {
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }
}

/** Lets every promise that can settle without time settle. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
