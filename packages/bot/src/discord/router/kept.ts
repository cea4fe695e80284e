import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/protocol';

/** How long what hangs on a button is kept, milliseconds, and how many of a kind are: beyond that the oldest goes. */
export const keptLimits = { keepMs: 15 * 60_000, most: 500 } as const;

export type Opened<T> =
  | { readonly kind: 'open'; readonly value: T }
  | { readonly kind: 'not_yours' }
  | { readonly kind: 'expired' };

/** What waits for one person to press a button, in memory: a restart ends it. */
export class Kept<T> {
  #clock: Clock;
  #prefix: string;
  #kept = new Map<string, { userId: string; value: T; until: number }>();

  /** @param prefix what the custom ids of its buttons begin with. */
  constructor(clock: Clock, prefix: string) {
    this.#clock = clock;
    this.#prefix = prefix;
  }

  /** @returns an id that `open` knows. */
  keep(userId: string, value: T): string {
    const id = `${this.#prefix}${randomUUID()}`;
    this.#kept.set(id, { userId, value, until: this.#clock.now() + keptLimits.keepMs });
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > keptLimits.most && !oldest.done) this.#kept.delete(oldest.value);
    return id;
  }

  owns(id: string): boolean {
    return id.startsWith(this.#prefix);
  }

  open(id: string, userId: string): Opened<T> {
    const kept = this.#kept.get(id);
    if (!kept || kept.until < this.#clock.now()) return { kind: 'expired' };
    return kept.userId === userId ? { kind: 'open', value: kept.value } : { kind: 'not_yours' };
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }
}
