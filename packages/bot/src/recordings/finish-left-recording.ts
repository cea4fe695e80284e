import { resolve } from 'node:path';
import { SAMPLE_RATE, type SessionFile } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { Settings } from '../config/index.ts';
import type { Logger } from '../log.ts';
import type { RecordingRow } from '../store/index.ts';
import type { JournalFacts } from './read-journal.ts';
import { RecordingRun } from './recording-run.ts';

export interface FinishOptions extends Pick<Settings, 'recordingsDir' | 'segment' | 'durable' | 'minFreeMegabytes'> {
  readonly bootId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** On a full disk the end reaches neither journal nor `session.json`; the database may lie elsewhere and know of it. */
export const isOverInStore = (row: RecordingRow | null): boolean => row !== null && row.status !== 'recording';

/**
 * Ends a recording whose supervisor is gone, on disk, where its last sign of life was: from then on it is the mixer's.
 * @returns when it ended, epoch milliseconds @throws what the file system says
 */
export const finishLeftRecording = async (
  { recordingsDir, segment, durable, minFreeMegabytes, bootId, clock, logger }: FinishOptions,
  { file, journal }: { readonly file: SessionFile; readonly journal: JournalFacts },
  row: RecordingRow | null,
): Promise<{ readonly endTime: number; readonly durationMs: number }> => {
  const { started, lastSample, voxprocs, humans } = journal;
  const run = await RecordingRun.resume(
    {
      recordingsDir: resolve(recordingsDir),
      bootId,
      silenceMs: segment.silenceMs,
      durable,
      minFreeBytes: minFreeMegabytes * 1_000_000,
      clock,
      logger,
    },
    { file, originUs: started.originUs, voxprocs, humans },
  );
  const endSample =
    isOverInStore(row) && row?.durationMs != null ? Math.round(row.durationMs * (SAMPLE_RATE / 1000)) : lastSample;
  await run.finish('supervisor_down', endSample);
  const durationMs = Math.round((endSample / SAMPLE_RATE) * 1000);
  return { endTime: started.at + durationMs, durationMs };
};
