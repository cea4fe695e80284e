import type { Logger } from '../../log.ts';
import type { Store } from '../../store/store.ts';
import type { MemoryRow } from '../memory-rows.ts';

export interface RememberedOptions {
  readonly store: Pick<Store, 'memory'>;
  readonly logger: Logger;
  readonly guildId: string;
  readonly present: () => readonly string[];
  /** Something else is known than before. Must not throw. */
  readonly onChange: () => void;
}

/**
 * What those present let this server hear, kept so that instructions need not wait for the store. Whoever leaves is dropped from it at
 * once. While the store cannot be read nothing is known.
 */
export class Remembered {
  readonly #options: RememberedOptions;
  #rows: readonly MemoryRow[] = [];
  /** Whoever was asked for last; what comes of an earlier question does not count. */
  #asked: symbol | null = null;

  constructor(options: RememberedOptions) {
    this.#options = options;
  }

  get rows(): readonly MemoryRow[] {
    return this.#rows;
  }

  /** Nothing is known any more. */
  clear(): void {
    this.#asked = null;
    this.#rows = [];
  }

  /** Nothing of this person is known any more, until it is read anew. */
  forget(userId: string): void {
    this.#asked = null;
    this.#rows = this.#rows.filter(({ ownerId }) => ownerId !== userId);
    this.#options.onChange();
  }

  /** Reads it anew. Never rejects. */
  async load(): Promise<void> {
    const { guildId, logger, onChange, present, store } = this.#options;
    const asked = Symbol();
    this.#asked = asked;
    const people = [guildId, ...present()];
    this.#rows = this.#rows.filter(({ ownerId }) => people.includes(ownerId));
    try {
      const rows = await store.memory.guildMemories(guildId, people);
      if (this.#asked !== asked) return;
      const changed = JSON.stringify(rows) !== JSON.stringify(this.#rows);
      this.#rows = rows;
      if (changed) onChange();
    } catch (error) {
      if (this.#asked === asked) this.#rows = [];
      logger.warn({ err: error, guildId }, 'what is remembered could not be read');
    }
  }
}
