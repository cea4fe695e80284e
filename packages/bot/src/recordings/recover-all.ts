import type { Store } from '../store/index.ts';
import { type FinishOptions, finishLeftRecording } from './finish-left-recording.ts';
import { readJournalFacts } from './read-journal.ts';
import { rebuildRows } from './rebuild-rows.ts';
import { recordingFolders } from './recording-folders.ts';
import type { RunMux } from './run-mux.ts';
import { readSessionFile } from './session-files.ts';

export interface RecoverAllOptions extends FinishOptions {
  readonly store: Pick<Store, 'sessions' | 'recordings' | 'participants' | 'segments' | 'flush'>;
  /** Mixes a folder; null: that is left to the next start. */
  readonly mux: RunMux | null;
  readonly signal: AbortSignal;
  /** Told of each recording that needed something. */
  readonly on: (recordingSessionId: string, what: 'finished' | 'mixing' | 'mixed' | 'failed', detail?: string) => void;
}

export interface RecoverReport {
  /** Recordings whose rows stand in the store now. */
  readonly rebuilt: number;
  /** Left running by a supervisor that is gone, ended now. */
  readonly finished: number;
  readonly mixed: number;
  /** What could not be done, by recording. */
  readonly failed: readonly string[];
}

/**
 * Brings the store in line with the recordings' folder, which is the truth: recordings nobody serves any more are ended and mixed, and
 * every recording's rows are written. The caller holds the lock of the data folder. One that fails does not keep the others.
 * @throws what the file system says when the recordings cannot be listed
 */
export const recoverAll = async (options: RecoverAllOptions): Promise<RecoverReport> => {
  const { recordingsDir, store, signal, on } = options;
  const failed: string[] = [];
  const count = { rebuilt: 0, finished: 0, mixed: 0 };
  for (const { recordingSessionId, folder } of await recordingFolders(recordingsDir)) {
    if (signal.aborted) break;
    try {
      const done = await recoverOne(options, recordingSessionId, folder);
      count.finished += Number(done.finished);
      count.mixed += Number(done.mixed);
      count.rebuilt += 1;
      await store.flush();
    } catch (error) {
      failed.push(recordingSessionId);
      on(recordingSessionId, 'failed', error instanceof Error ? error.message : String(error));
    }
  }
  return { ...count, failed };
};

const recoverOne = async (options: RecoverAllOptions, recordingSessionId: string, folder: string) => {
  const { store, on, mux, signal } = options;
  const journal = await readJournalFacts(folder);
  const before = await readSessionFile(folder);
  let finished = false;
  if (before?.status === 'recording' && journal !== null) {
    await finishLeftRecording(options, { file: before, journal }, await store.recordings.get(recordingSessionId));
    on(recordingSessionId, 'finished');
    finished = true;
  }
  let mixed = false;
  // Without a readable `session.json` the mixer makes one from the journal.
  const isPending = before === null || before.status === 'recording' || before.status === 'muxing';
  if (isPending && mux !== null) {
    on(recordingSessionId, 'mixing');
    const end = await mux(folder, () => undefined, signal);
    if (end.kind !== 'done') throw new Error(end.kind === 'broken' ? end.error : `not mixed: ${end.kind}`);
    on(recordingSessionId, 'mixed', end.status);
    mixed = true;
  }
  const file = await readSessionFile(folder);
  if (file === null) throw new Error('session.json is missing or cannot be read');
  await rebuildRows(store, { folder, file, journal });
  return { finished, mixed };
};
