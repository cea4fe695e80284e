import { type Clock, systemClock } from '@parley/protocol';

/** A clock that runs `speed` times as fast as this machine's. A timer fires after a millisecond of the machine at the earliest. */
export class FastClock implements Clock {
  readonly #speed: number;
  readonly #startMs = systemClock.now();
  readonly #startUs = systemClock.monotonicUs();

  constructor(speed: number) {
    this.#speed = speed;
  }

  now(): number {
    return this.#startMs + (this.monotonicUs() - this.#startUs) / 1000;
  }

  monotonicUs(): number {
    return this.#startUs + (systemClock.monotonicUs() - this.#startUs) * this.#speed;
  }

  setTimeout(callback: () => void, ms: number): Disposable {
    return systemClock.setTimeout(callback, ms / this.#speed);
  }

  setInterval(callback: () => void, ms: number): Disposable {
    return systemClock.setInterval(callback, ms / this.#speed);
  }
}
