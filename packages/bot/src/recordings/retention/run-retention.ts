import type { Clock } from '@parley/protocol';
import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/index.ts';
import { removeExports } from '../exports/export-files.ts';
import { recordingFolders } from '../recording-folders.ts';
import { readSessionFile } from '../session-files.ts';
import { deleteRecording, finishDeletions } from './delete-recording.ts';
import { logDeletion } from './deletion-log.ts';
import { folderBytes } from './folder-bytes.ts';
import { lastWrittenAt } from './last-written.ts';
import { type PlannedDeletion, planRetention, type RetentionCandidate } from './plan-retention.ts';

export interface RetentionOptions {
  readonly recordingsDir: string;
  /** Where the list of deletions is kept. */
  readonly dataDir: string;
  readonly store: Pick<Store, 'guildSettings' | 'recordings' | 'departures' | 'actions'>;
  /** Whether a recording is being recorded, or mixed, or waits for that, here. */
  readonly isInUse: (recordingSessionId: string) => boolean;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

export interface RetentionReport {
  /** What was deleted, or would be in a dry run; oldest first. */
  readonly deletions: readonly PlannedDeletion[];
  /** What could not be deleted; the log says why. */
  readonly failed: readonly PlannedDeletion[];
}

/** Guild and channel of a recording as its folder's name says; '' for a private room. */
const guildOf = (recordingSessionId: string): string => /^(\d+)-/.exec(recordingSessionId)?.[1] ?? '';

const survey = async ({ recordingsDir, store, isInUse }: RetentionOptions) => {
  const rules = new Map<string, GuildSettings>();
  const candidates: RetentionCandidate[] = [];
  for (const { recordingSessionId, folder } of await recordingFolders(recordingsDir)) {
    const session = await readSessionFile(folder);
    const guildId = session?.guildId ?? guildOf(recordingSessionId);
    const known = rules.get(guildId) ?? (await store.guildSettings.get(guildId));
    rules.set(guildId, known);
    const bytes = known.retentionGigabytes > 0 ? await folderBytes(folder) : 0;
    const writtenAt = session?.status === 'recording' ? await lastWrittenAt(folder) : null;
    candidates.push({
      ...{ recordingSessionId, folder, guildId, session, bytes, writtenAt },
      isInUse: isInUse(recordingSessionId),
    });
  }
  return { candidates, rules };
};

/** What retention would delete now, with what each takes. Changes nothing. @throws StoreError; the file system's error */
export const surveyRetention = async (options: RetentionOptions): Promise<PlannedDeletion[]> => {
  const { candidates, rules } = await survey(options);
  const departed = new Map((await options.store.departures.all()).map(({ guildId, since }) => [guildId, since]));
  const noLimit = { retentionDays: 0, retentionGigabytes: 0 };
  const planned = planRetention({
    candidates,
    departed,
    rulesOf: (guildId) => rules.get(guildId) ?? noLimit,
    now: options.clock.now(),
  });
  return await Promise.all(planned.map(async (one) => ({ ...one, bytes: await folderBytes(one.folder) })));
};

/**
 * Deletes the recordings whose time is over, which are too many, or whose guild is gone. One that cannot be deleted does not keep the
 * others. With `dryRun` nothing is changed.
 * @throws StoreError when the rules cannot be read; the file system's error when the recordings cannot be listed
 */
export const runRetention = async (
  options: RetentionOptions,
  { dryRun }: { readonly dryRun: boolean } = { dryRun: false },
): Promise<RetentionReport> => {
  const planned = await surveyRetention(options);
  if (dryRun) return { deletions: planned, failed: [] };
  await finishDeletions(options.recordingsDir, (recordingSessionId, error) =>
    options.logger.error({ recordingSessionId, err: error }, 'a deletion that was cut off cannot go on'),
  );
  const deletions: PlannedDeletion[] = [];
  const failed: PlannedDeletion[] = [];
  for (const one of planned) ((await deleteOne(options, one)) ? deletions : failed).push(one);
  return { deletions, failed };
};

const deleteOne = async (options: RetentionOptions, planned: PlannedDeletion): Promise<boolean> => {
  const { store, logger, clock, dataDir } = options;
  const { recordingSessionId, guildId, folder, reason, bytes } = planned;
  try {
    // Noted first: what is gone without a note would look like a loss.
    await logDeletion(dataDir, { at: Math.round(clock.now()), recordingSessionId, guildId, reason, bytes });
    // Before the folder, by whose name they are found: a deletion that is cut off leaves none behind.
    await removeExports(dataDir, recordingSessionId);
    await deleteRecording(folder);
  } catch (error) {
    logger.error({ recordingSessionId, reason, err: error }, 'a recording that is to go could not be deleted');
    return false;
  }
  store.recordings.forgotten(recordingSessionId);
  store.actions.record({ kind: 'recording_deleted', guildId, fields: { recordingSessionId, reason, bytes } });
  logger.info({ recordingSessionId, guildId, reason, bytes }, 'recording deleted');
  return true;
};
