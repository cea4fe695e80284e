import type { Logger } from '../log.ts';
import type { JobRow, Store } from '../store/index.ts';
import type { MuxReporter } from './mux-reporter.ts';

/** Delivers what was mixed but not handed over when the last run ended. One that fails does not keep the others. */
export const resumeDeliveries = async (
  jobs: readonly JobRow[],
  {
    store,
    reporter,
    logger,
  }: {
    readonly store: Pick<Store, 'recordings'>;
    readonly reporter: Pick<MuxReporter, 'deliver'>;
    readonly logger: Logger;
  },
): Promise<void> => {
  for (const { recordingSessionId } of jobs) {
    try {
      const row = await store.recordings.get(recordingSessionId);
      if (row) await reporter.deliver(row);
    } catch (error) {
      logger.warn({ err: error, recordingSessionId }, 'a recording of the last run could not be delivered');
    }
  }
};
