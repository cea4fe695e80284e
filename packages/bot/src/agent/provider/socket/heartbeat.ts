import type { Clock } from '@parley/protocol';

/** How often a ping is sent. A dead path is noticed after `mostUnanswered` of them, sooner than TCP would. */
const everyMs = 20_000;
/** Pongs of busy providers were seen to take half a minute. */
const mostUnanswered = 3;

/** Asks the other side whether it is still there, and says when it has not been heard for a minute. */
export class Heartbeat implements Disposable {
  readonly #timer: Disposable;
  #unanswered = 0;

  constructor(clock: Clock, ping: () => void, silent: (ms: number) => void) {
    this.#timer = clock.setInterval(() => {
      if (this.#unanswered >= mostUnanswered) silent(mostUnanswered * everyMs);
      else {
        this.#unanswered += 1;
        ping();
      }
    }, everyMs);
  }

  /** Something came: a message or a pong. */
  heard(): void {
    this.#unanswered = 0;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }
}
