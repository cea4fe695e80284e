import { type Clock, systemClock } from '@parley/protocol';

/** Lets time pass between pieces of speech, `speed` times as fast as it is spoken; without a speed only long enough for others to act. */
export class Pace {
  readonly #speed: number | null;
  readonly #clock: Clock;

  constructor(speed: number | null, clock: Clock = systemClock) {
    this.#speed = speed;
    this.#clock = clock;
  }

  /** After a piece of `ms` of speech. */
  async after(ms: number): Promise<void> {
    const speed = this.#speed;
    if (speed === null) await new Promise((resolve) => setImmediate(resolve));
    else await this.wait(ms / speed);
  }

  /** Waits, whatever the speed. */
  async wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => void this.#clock.setTimeout(resolve, ms));
  }
}
