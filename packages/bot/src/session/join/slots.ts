/** A place among the concurrent sessions; disposing gives it back, once. */
export interface Lease extends Disposable {
  readonly guildId: string;
}

/** The bounded number of concurrent sessions. A guild holds at most one place, however many leases it has on it. */
export class Slots {
  #limit: () => number;
  #leases = new Map<string, number>();
  #onFree = new Set<() => void>();

  /** `limit` is asked at each lease: a settings change counts from then on. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** Tells `listener` of each place given back. It must not throw. */
  onFree(listener: () => void): Disposable {
    this.#onFree.add(listener);
    return { [Symbol.dispose]: () => void this.#onFree.delete(listener) };
  }

  /** Guilds that hold a place. */
  get inUse(): number {
    return this.#leases.size;
  }

  /** Guilds other than this one that hold a place: what a join into it has to compete with. */
  inUseByOthers(guildId: string): number {
    return this.#leases.size - (this.#leases.has(guildId) ? 1 : 0);
  }

  /** A lease for the guild, or null when all places are taken. */
  lease(guildId: string): Lease | null {
    const held = this.#leases.get(guildId) ?? 0;
    if (held === 0 && this.#leases.size >= this.#limit()) return null;
    this.#leases.set(guildId, held + 1);
    let released = false;
    return {
      guildId,
      [Symbol.dispose]: () => {
        if (released) return;
        released = true;
        const left = (this.#leases.get(guildId) ?? 1) - 1;
        if (left > 0) {
          this.#leases.set(guildId, left);
          return;
        }
        this.#leases.delete(guildId);
        for (const listener of this.#onFree) listener();
      },
    };
  }
}
