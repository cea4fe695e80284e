/** Milliseconds for which packets of a person who disconnected are still theirs: the last datagrams overtake nothing but may trail. */
const TRAIL_MS = 1000;

interface Entry {
  readonly userId: string;
  /** When the person disconnected, or null while they are here. */
  goneAtMs: number | null;
}

/**
 * Who sends which SSRC on the current voice server. SSRCs are small numbers of one server and are given out again: the registry is
 * cleared with each new server, and a later naming of an SSRC wins over an earlier one.
 */
export class SsrcRegistry {
  #entries = new Map<number, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Notes that `ssrc` is `userId`'s. @returns whether this is news. */
  name(ssrc: number, userId: string): boolean {
    const known = this.#entries.get(ssrc);
    if (known?.userId === userId && known.goneAtMs === null) return false;
    this.#entries.set(ssrc, { userId, goneAtMs: null });
    return true;
  }

  /** Notes that a person disconnected: their SSRCs are free again after a short trail. */
  disconnected(userId: string, nowMs: number): void {
    for (const entry of this.#entries.values()) if (entry.userId === userId) entry.goneAtMs ??= nowMs;
  }

  userOf(ssrc: number, nowMs: number): string | undefined {
    const entry = this.#entries.get(ssrc);
    if (entry === undefined) return undefined;
    if (entry.goneAtMs !== null && nowMs - entry.goneAtMs > TRAIL_MS) {
      this.#entries.delete(ssrc);
      return undefined;
    }
    return entry.userId;
  }

  clear(): void {
    this.#entries.clear();
  }
}
