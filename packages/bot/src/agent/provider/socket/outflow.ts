import type { Clock } from '@parley/protocol';

/** Waiting bytes from which the socket is watched. */
const watchFrom = 2 * 1024 * 1024;
/** What may wait at the very most: the longest capture (120 s at 24 kHz) given at once has 7.7 MB as base64. */
const mostWaiting = 12 * 1024 * 1024;
/** How long a socket may take nothing while so much waits. */
const patienceMs = 2_000;

/**
 * Watches what waits in a socket to be sent. A burst may wait as long as it becomes less; a socket that takes nothing is given up, so that
 * memory stays bounded whatever the network does.
 */
export class Outflow implements Disposable {
  readonly #waiting: () => number;
  readonly #clock: Clock;
  readonly #overloaded: () => void;
  #timer: Disposable | null = null;

  /** @param waiting bytes that wait now @param overloaded called when the socket is to be given up */
  constructor(waiting: () => number, clock: Clock, overloaded: () => void) {
    this.#waiting = waiting;
    this.#clock = clock;
    this.#overloaded = overloaded;
  }

  /** To be called after each message that was handed to the socket. */
  sent(): void {
    const waiting = this.#waiting();
    if (waiting > mostWaiting) this.#overloaded();
    else if (waiting > watchFrom && this.#timer === null) this.#watch(waiting);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }

  #watch(before: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      const waiting = this.#waiting();
      if (waiting <= watchFrom) return;
      if (waiting >= before) this.#overloaded();
      else this.#watch(waiting);
    }, patienceMs);
  }
}
