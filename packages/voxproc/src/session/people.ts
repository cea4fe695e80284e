import type { RosterEntry } from '@parley/protocol';
import type { Verdict } from '../voice/datagram-receiver.ts';

/** Who is there and who may be recorded, as the supervisor says. */
export class People {
  #selfId: string;
  #roster = new Map<string, RosterEntry>();
  #excluded: Set<string>;

  /** `excluded`: people who opted out, known before the first packet. */
  constructor(selfId: string, roster: readonly RosterEntry[], excluded: readonly string[]) {
    this.#selfId = selfId;
    this.#excluded = new Set(excluded);
    for (const entry of roster) this.set(entry);
  }

  /** What is known of each person, those who left included. */
  get entries(): Iterable<RosterEntry> {
    return this.#roster.values();
  }

  /** People, without bots, who are present and not muted. */
  get unmuted(): number {
    let unmuted = 0;
    for (const { userId, bot, muted, present } of this.#roster.values()) {
      if (present && !muted && bot !== true && userId !== this.#selfId) unmuted += 1;
    }
    return unmuted;
  }

  /** @returns whether the entry says that a person who was recorded opted out. */
  set(entry: RosterEntry): boolean {
    const news = entry.optedOut && this.verdictOf(entry.userId) === 'record';
    this.#roster.set(entry.userId, entry);
    return news;
  }

  exclude(userId: string): void {
    this.#excluded.add(userId);
  }

  /** A person is recorded again. Their roster entry says so too, or follows. */
  include(userId: string): void {
    this.#excluded.delete(userId);
    const entry = this.#roster.get(userId);
    if (entry?.optedOut) this.#roster.set(userId, { ...entry, optedOut: false });
  }

  /** Somebody the supervisor has not named yet is recorded: what becomes of them is decided when they are known. */
  verdictOf(userId: string): Verdict {
    if (userId === this.#selfId) return 'bot';
    const entry = this.#roster.get(userId);
    if (entry?.bot === true) return 'bot';
    return this.#excluded.has(userId) || entry?.optedOut === true ? 'opted_out' : 'record';
  }

  /** Whether the agent may hear a person: there, known to be no bot, and not opted out. */
  mayBeHeard(userId: string): boolean {
    const entry = this.#roster.get(userId);
    return entry?.present === true && entry.bot === false && this.verdictOf(userId) === 'record';
  }
}
