import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { GuildPeople, PageMember } from './guild-people.ts';

/**
 * How long it is believed what a member may do, how long Discord is left alone after it did not answer (milliseconds), and how many are
 * remembered: beyond that the oldest go.
 */
export const memberCache = { keepMs: 60_000, failedMs: 10_000, most: 5000 } as const;

/** Asks for a member at most once a minute: a role that is taken away counts a minute later at the latest. */
export class CachedMembers {
  #people: Pick<GuildPeople, 'member'>;
  #clock: Clock;
  #logger: Logger;
  #known = new Map<string, { until: number; readonly member: Promise<PageMember | null> }>();

  constructor(people: Pick<GuildPeople, 'member'>, clock: Clock, logger: Logger) {
    this.#people = people;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** null: no member, or it cannot be known now, which the log says. Never rejects. */
  async member(guildId: string, userId: string): Promise<PageMember | null> {
    const key = `${guildId} ${userId}`;
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now()) return await known.member;
    const entry = {
      until: this.#clock.now() + memberCache.keepMs,
      member: this.#people.member(guildId, userId).catch((error: unknown) => {
        entry.until = this.#clock.now() + memberCache.failedMs;
        this.#logger.warn({ err: error, guildId }, 'it cannot be known who manages a guild');
        return null;
      }),
    };
    this.#known.delete(key); // the newest stand last
    this.#known.set(key, entry);
    const oldest = this.#known.keys().next();
    if (this.#known.size > memberCache.most && !oldest.done) this.#known.delete(oldest.value);
    return await entry.member;
  }
}
