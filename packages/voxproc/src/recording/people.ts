import type { RosterEntry } from '@parley/protocol';
import type { PersonNames } from './segment-options.ts';

/** Whether a person is recorded. `unknown`: nobody said yet whether they are a bot. */
export type Standing = 'recorded' | 'unknown' | 'bot' | 'opted_out';

const nobody: PersonNames = { username: '', displayName: '', bot: null };

/** Who is who, and who is not to be recorded. An exclusion outlives the recording. */
export class People {
  readonly #roster = new Map<string, RosterEntry>();
  readonly #excluded = new Set<string>();

  /** Takes what is known of a person now. */
  set(entry: RosterEntry): void {
    this.#roster.set(entry.userId, entry);
    if (entry.optedOut) this.#excluded.add(entry.userId);
  }

  /** Records a person no more. */
  exclude(userId: string): void {
    this.#excluded.add(userId);
  }

  /** Records a person again. */
  include(userId: string): void {
    this.#excluded.delete(userId);
  }

  standing(userId: string): Standing {
    if (this.#excluded.has(userId)) return 'opted_out';
    const bot = this.#roster.get(userId)?.bot;
    if (bot === true) return 'bot';
    return bot === false ? 'recorded' : 'unknown';
  }

  isPresent(userId: string): boolean {
    return this.#roster.get(userId)?.present ?? true;
  }

  names(userId: string): PersonNames {
    const entry = this.#roster.get(userId);
    if (entry === undefined) return nobody;
    const { username, displayName, bot } = entry;
    return { username, displayName, bot };
  }
}
