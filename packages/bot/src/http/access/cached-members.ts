import type { Clock } from '@parley/protocol';
import type { GuildPeople, PageMember } from './guild-people.ts';

/** How long it is believed what a member may do, milliseconds, and how many are remembered: beyond that the oldest go. */
export const memberCache = { keepMs: 60_000, most: 5000 } as const;

/** Asks for a member at most once a minute: a role that is taken away counts a minute later at the latest. */
export class CachedMembers {
  #people: Pick<GuildPeople, 'member'>;
  #clock: Clock;
  #known = new Map<string, { readonly until: number; readonly member: Promise<PageMember | null> }>();

  constructor(people: Pick<GuildPeople, 'member'>, clock: Clock) {
    this.#people = people;
    this.#clock = clock;
  }

  /** @throws what Discord says; nothing is remembered then. */
  member(guildId: string, userId: string): Promise<PageMember | null> {
    const key = `${guildId} ${userId}`;
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now()) return known.member;
    const member = this.#people.member(guildId, userId);
    this.#known.delete(key); // the newest stand last
    this.#known.set(key, { until: this.#clock.now() + memberCache.keepMs, member });
    member.catch(() => {
      if (this.#known.get(key)?.member === member) this.#known.delete(key);
    });
    const oldest = this.#known.keys().next();
    if (this.#known.size > memberCache.most && !oldest.done) this.#known.delete(oldest.value);
    return member;
  }
}
