import { z } from 'zod';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/index.ts';

const entrySchema = z.object({
  sessionId: z.string(),
  channelId: z.string(),
  messageId: z.string(),
  notice: z.object({
    channelId: z.string(),
    prefix: z.string(),
    retentionDays: z.number(),
    retentionGigabytes: z.number(),
    transcribedBy: z.string().nullable().default(null),
    heardBy: z.string().nullable().default(null),
    consentMode: z.enum(['notice', 'opt_in', 'role']),
    maySpeak: z.boolean(),
  }),
});

/** Where a session's panel stands, and what its notice said; nobody is named. */
export type PanelEntry = z.infer<typeof entrySchema>;

const key = 'panels';
const bookSchema = z.record(z.string(), entrySchema);

/** Which panels stand, by guild: kept in the store, so that another supervisor can go on with them or close them. */
export class PanelBook {
  #store: Pick<Store, 'meta'>;
  #logger: Logger;
  #entries = new Map<string, PanelEntry>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(store: Pick<Store, 'meta'>, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Reads what the last supervisor left. A book that cannot be read is begun anew: its panels then stay as they are. */
  static async open(store: Pick<Store, 'meta'>, logger: Logger): Promise<PanelBook> {
    const book = new PanelBook(store, logger);
    try {
      const text = await store.meta.get(key);
      if (text !== null) book.#entries = new Map(Object.entries(bookSchema.parse(JSON.parse(text))));
    } catch (error) {
      logger.warn({ err: error }, 'the panels of the last run are not known');
    }
    return book;
  }

  get all(): ReadonlyMap<string, PanelEntry> {
    return this.#entries;
  }

  /** Resolves when it is kept, or could not be, which is logged. */
  async set(guildId: string, entry: PanelEntry | null): Promise<void> {
    if (entry) this.#entries.set(guildId, entry);
    else this.#entries.delete(guildId);
    const text = JSON.stringify(Object.fromEntries(this.#entries));
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#store.meta.set(key, text);
      } catch (error) {
        this.#logger.warn({ err: error, guildId }, 'where the panel stands could not be kept');
      }
    });
    await this.#writing;
  }
}
