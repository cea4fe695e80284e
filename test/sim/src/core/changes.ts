import { SimError } from '../errors.ts';

export interface UntilOptions {
  /** Milliseconds to wait; 30,000 by default: what takes moments may take long where others work too. */
  readonly timeoutMs?: number;
  /** What was waited for, in words or computed when the time is over. */
  readonly what?: string | (() => string);
}

/** What is waited for may depend on things outside the simulator, which tell nobody: waiters look at least this often. */
const LOOK_MS = 50;

/** Tells waiters that something happened; each then looks again for itself. */
export class Changes {
  readonly #waiters = new Set<{ look: () => void; fail: (error: SimError) => void }>();
  #closed = false;

  notify(): void {
    if (this.#waiters.size === 0) return;
    for (const waiter of [...this.#waiters]) waiter.look();
  }

  /**
   * Resolves with the first value of `check` that is neither undefined, null nor false; looks at once, after each event and every 50 ms.
   * Rejects with `timeout`, with `closed` when the simulator ends, or with what `check` throws.
   */
  until<T>(check: () => T, options: UntilOptions = {}): Promise<NonNullable<T>> {
    const { timeoutMs = 30_000, what = 'a condition' } = options;
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new SimError('closed', 'The simulator is closed.'));
        return;
      }
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        clearInterval(looking);
        this.#waiters.delete(waiter);
        act();
      };
      const waiter = {
        look: (): void => {
          try {
            const value = check();
            if (value !== undefined && value !== null && value !== false) settle(() => resolve(value));
          } catch (error) {
            settle(() => reject(error instanceof Error ? error : new Error(String(error))));
          }
        },
        fail: (error: SimError): void => settle(() => reject(error)),
      };
      const timer = setTimeout(() => {
        const words = typeof what === 'string' ? what : what();
        waiter.fail(new SimError('timeout', `Waited ${timeoutMs} ms in vain for ${words}.`));
      }, timeoutMs);
      const looking = setInterval(() => waiter.look(), LOOK_MS);
      this.#waiters.add(waiter);
      waiter.look();
    });
  }

  close(): void {
    this.#closed = true;
    for (const waiter of [...this.#waiters]) waiter.fail(new SimError('closed', 'The simulator was closed meanwhile.'));
  }
}
