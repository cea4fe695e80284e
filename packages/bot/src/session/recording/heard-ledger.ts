/** Somebody in the channel at a look around. */
export interface Listener {
  readonly userId: string;
  /** Whether their speech would be stored: not muted, not opted out, no bot. */
  readonly audible: boolean;
}

/** What a look around found worth saying; each is found once. */
export interface Unheard {
  /** Nobody at all was heard for this long since the recording began, milliseconds; null: not so. */
  readonly nobodyMs: number | null;
  /** People who could have been heard while others were. */
  readonly userIds: readonly string[];
}

/** A recording in which nobody is heard for this long after its beginning is worth a word, milliseconds. */
export const nobodyHeardMs = 60_000;
/** Somebody not heard once while others were, for this long, is worth a word, milliseconds. */
export const personUnheardMs = 120_000;

/**
 * Who was heard in a recording, and who was not although they should have been. Pure: fed with looks around at a steady pace. Muted
 * people, and times in which nobody speaks, prove nothing.
 */
export class HeardLedger {
  #sinceMs: number;
  #heard = new Set<string>();
  /** Milliseconds in which somebody else was heard while this person was audible. */
  #missed = new Map<string, number>();
  #named = new Set<string>();
  #audibleMs = 0;
  #saidNobody = false;

  /** @param nowMs when the recording began, monotonic milliseconds. */
  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /**
   * @param heard who was heard since the last look
   * @param isDeaf whether nothing could be heard: paused, or deafened
   */
  look(nowMs: number, people: readonly Listener[], heard: ReadonlySet<string>, isDeaf: boolean): Unheard {
    const elapsedMs = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    for (const userId of heard) this.#heard.add(userId);
    if (isDeaf) return { nobodyMs: null, userIds: [] };
    const audible = people.filter((person) => person.audible).map(({ userId }) => userId);
    if (audible.length > 0) this.#audibleMs += elapsedMs;
    for (const userId of audible) {
      if (this.#heard.has(userId) || heard.size === 0) continue;
      this.#missed.set(userId, (this.#missed.get(userId) ?? 0) + elapsedMs);
    }
    return { nobodyMs: this.#nobody(), userIds: this.#unheard(audible) };
  }

  #nobody(): number | null {
    if (this.#saidNobody || this.#heard.size > 0 || this.#audibleMs < nobodyHeardMs) return null;
    this.#saidNobody = true;
    return this.#audibleMs;
  }

  #unheard(audible: readonly string[]): string[] {
    const found = audible.filter(
      (userId) =>
        !this.#heard.has(userId) && !this.#named.has(userId) && (this.#missed.get(userId) ?? 0) >= personUnheardMs,
    );
    for (const userId of found) this.#named.add(userId);
    return found;
  }
}
