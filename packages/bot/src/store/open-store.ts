import { dirname, join } from 'node:path';
import type { Clock } from '@parley/protocol';
import { type GuildSettings, guildSettingsSchema } from '../config/guild-settings.ts';
import type { Logger } from '../log.ts';
import { completeConsentJournal } from './complete-consent-journal.ts';
import { ConsentJournal } from './consent-journal.ts';
import type { DriverChoice } from './drivers/open-driver.ts';
import { type FullText, openFullText } from './full-text.ts';
import { openDatabase } from './open-database.ts';
import { actionRepository } from './repositories/actions.ts';
import { agentLogRepository } from './repositories/agent-log.ts';
import { apiTokenRepository } from './repositories/api-tokens.ts';
import { consentOf, consentRepository, restoreConsents } from './repositories/consents.ts';
import type { RepositoryContext } from './repositories/context.ts';
import { deliveryRepository } from './repositories/deliveries.ts';
import { departureRepository } from './repositories/departures.ts';
import { erasureRepository } from './repositories/erasures.ts';
import { guildSettingsRepository } from './repositories/guild-settings.ts';
import { indicatorRepository } from './repositories/indicators.ts';
import { jobRepository } from './repositories/jobs.ts';
import { memoryRepository } from './repositories/memory.ts';
import { metaRepository } from './repositories/meta.ts';
import { participantRepository } from './repositories/participants.ts';
import { recordingRepository } from './repositories/recordings.ts';
import { segmentRepository } from './repositories/segments.ts';
import { sessionRepository } from './repositories/sessions.ts';
import { signInRepository } from './repositories/sign-ins.ts';
import { spendingRepository } from './repositories/spending.ts';
import { transcriptRepository } from './repositories/transcripts/transcripts.ts';
import type { Store, StoreHealth } from './store.ts';
import { WriteBatch } from './write-batch.ts';

export interface OpenStoreOptions {
  /** Absolute path of the database; its folder is made when absent. `consents.jsonl` stands beside it. */
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly driver?: DriverChoice;
  /** `like`: search transcripts as where SQLite lacks FTS5; default `auto`. */
  readonly fullText?: 'auto' | 'like';
  /** What a guild has that changed nothing (`guildDefaultsOf(settings)`). */
  readonly guildDefaults?: GuildSettings;
  /** Called for each failure of the write path, for the metrics. */
  readonly onFailure?: (code: string) => void;
  readonly onDropped?: (rows: number) => void;
}

/** Opens the store, its tables up to date. Rejects with `StoreError`; a damaged file is replaced, not refused. */
export const openStore = async (options: OpenStoreOptions): Promise<Store> => {
  const { clock, logger } = options;
  const { db, driver } = await openDatabase({ ...options, driver: options.driver ?? 'auto' });
  const journal = new ConsentJournal(join(dirname(options.file), 'consents.jsonl'), logger);
  let fullText: FullText;
  try {
    fullText = await openFullText(db, logger, options.fullText);
    const kept = await journal.read();
    const restored = await restoreConsents(db, kept);
    if (restored > 0) logger.warn({ restored }, 'consents restored from their journal');
    const added = await completeConsentJournal(db, journal, kept, consentOf);
    if (added > 0) logger.warn({ added }, 'consent journal completed from the database');
  } catch (error) {
    await db.close();
    throw error;
  }

  let dropped = 0;
  let failures = 0;
  let lastError: StoreHealth['lastError'] = null;
  const batch = new WriteBatch({
    db,
    clock,
    logger,
    onFailure: (error) => {
      failures += 1;
      lastError = { code: error.code, message: error.message, at: clock.now() };
      options.onFailure?.(error.code);
    },
    onDropped: (rows) => {
      dropped += rows;
      options.onDropped?.(rows);
    },
  });
  const context: RepositoryContext = {
    db,
    batch,
    clock,
    logger,
    read: async (work) => {
      await batch.flush();
      return work(db);
    },
  };
  let closing: Promise<void> | null = null;
  return {
    driver,
    actions: actionRepository(context),
    sessions: sessionRepository(context),
    recordings: recordingRepository(context),
    participants: participantRepository(context),
    segments: segmentRepository(context),
    consents: consentRepository(context, journal),
    guildSettings: guildSettingsRepository(context, options.guildDefaults ?? guildSettingsSchema.parse({})),
    jobs: jobRepository(context),
    indicators: indicatorRepository(context),
    deliveries: deliveryRepository(context),
    erasures: erasureRepository(context),
    departures: departureRepository(context),
    signIns: signInRepository(context),
    transcripts: transcriptRepository(context, fullText),
    apiTokens: apiTokenRepository(context),
    spending: spendingRepository(context),
    agentLog: agentLogRepository(context),
    memory: memoryRepository(context),
    meta: metaRepository(context),
    health: () => ({ pending: batch.size, dropped, failures, lastError }),
    flush: () => batch.flush(),
    [Symbol.asyncDispose]: () => {
      closing ??= batch.close().then(() => db.close());
      return closing;
    },
  };
};
