import type { Clock } from '@parley/protocol';
import type { Store } from '../../store/index.ts';
import type { Background } from '../../vox/background.ts';
import { recordingFolders } from '../recording-folders.ts';
import { departedKeepMs } from './plan-retention.ts';
import { type RetentionOptions, type RetentionReport, runRetention } from './run-retention.ts';

/** How often the recordings are looked through, milliseconds. */
export const sweepEveryMs = 3_600_000;

export interface SweepOptions extends RetentionOptions {
  readonly store: Pick<Store, 'guildSettings' | 'recordings' | 'departures' | 'actions'>;
  readonly clock: Clock;
  readonly background: Background;
}

/**
 * Deletes recordings whose retention is over, as the notice has told people, and what is left of guilds that removed the bot: at the
 * start and once an hour. The folder is what counts; its rows in the store go with it.
 */
export class Retention implements Disposable {
  #options: SweepOptions;
  #timer: Disposable;
  #sweep: Promise<RetentionReport> | null = null;

  constructor(options: SweepOptions) {
    this.#options = options;
    const { clock, background } = options;
    this.#timer = clock.setInterval(() => background.run('retention', () => this.sweep()), sweepEveryMs);
  }

  /** Looks through all recordings once; a call meanwhile shares the look. */
  async sweep(): Promise<RetentionReport> {
    this.#sweep ??= this.#run().finally(() => {
      this.#sweep = null;
    });
    return await this.#sweep;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  async #run(): Promise<RetentionReport> {
    const report = await runRetention(this.#options);
    await this.#purgeGuilds(report);
    return report;
  }

  /** Once nothing is left of a departed guild's recordings, its rows go too. */
  async #purgeGuilds({ deletions }: RetentionReport): Promise<void> {
    const { store, clock, logger, recordingsDir } = this.#options;
    const over = (await store.departures.all()).filter(({ since }) => clock.now() - since > departedKeepMs);
    if (over.length === 0) return;
    const left = await recordingFolders(recordingsDir);
    for (const { guildId } of over) {
      if (left.some(({ recordingSessionId }) => recordingSessionId.startsWith(`${guildId}-`))) continue;
      const rows = await store.departures.purge(guildId);
      const recordings = deletions.filter((one) => one.guildId === guildId).length;
      logger.info({ guildId, rows, recordings }, 'a guild that removed the bot was purged');
      store.actions.record({ kind: 'guild_purged', guildId, fields: { recordings, rows } });
    }
  }
}
