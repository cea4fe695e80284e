import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/index.ts';

/** Knows which guilds have removed the bot. An outage of Discord is no removal, and whoever comes back in time has lost nothing. */
export class GuildDepartures {
  #store: Pick<Store, 'departures'>;
  #clock: Pick<Clock, 'now'>;
  #logger: Logger;

  constructor(options: { store: Pick<Store, 'departures'>; clock: Pick<Clock, 'now'>; logger: Logger }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** @throws StoreError */
  async removed(guildId: string): Promise<void> {
    await this.#store.departures.noted(guildId, this.#clock.now());
    this.#logger.warn({ guildId }, 'a guild removed the bot; what is kept of it goes after 7 days');
  }

  /** @throws StoreError */
  async added(guildId: string): Promise<void> {
    if (!(await this.#store.departures.cancelled(guildId))) return;
    this.#logger.info({ guildId }, 'a guild has the bot back; what is kept of it stays');
  }

  /** Who came and went while nobody looked. `present`: every guild Discord names, those with an outage included. @throws StoreError */
  async compare(present: ReadonlySet<string>): Promise<void> {
    const departed = new Set((await this.#store.departures.all()).map(({ guildId }) => guildId));
    for (const guildId of departed) if (present.has(guildId)) await this.added(guildId);
    for (const guildId of await this.#store.departures.knownGuilds()) {
      if (!present.has(guildId) && !departed.has(guildId)) await this.removed(guildId);
    }
  }
}
