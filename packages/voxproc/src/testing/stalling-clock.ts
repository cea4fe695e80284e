import { FakeClock } from '@parley/protocol/testing';

/** A fake clock on which an event loop can stand still: time passes and no timer fires until the next `advance`. */
export class StallingClock extends FakeClock {
  #stalledMs = 0;

  /** Lets `ms` pass without a timer. */
  stall(ms: number): void {
    this.#stalledMs += ms;
  }

  override now(): number {
    return super.now() + this.#stalledMs;
  }

  override monotonicUs(): number {
    return super.monotonicUs() + this.#stalledMs * 1000;
  }
}
