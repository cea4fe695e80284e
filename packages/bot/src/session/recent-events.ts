import type { Clock } from '@parley/protocol';
import type { UserMessage } from '../notify/index.ts';

export interface RecentEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly message: UserMessage;
}

/** Events kept. */
export const recentEventsKept = 10;

/** What happened last in a session, whether or not it was said aloud. */
export class RecentEvents {
  #clock: Clock;
  #events: RecentEvent[] = [];
  #listeners = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Oldest first. */
  get all(): readonly RecentEvent[] {
    return this.#events;
  }

  add(message: UserMessage): void {
    this.#events = [...this.#events, { at: this.#clock.now(), message }].slice(-recentEventsKept);
    this.touch();
  }

  /** Something changed that is no event of its own. */
  touch(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Tells `listener` after each event; it must not throw. */
  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}
