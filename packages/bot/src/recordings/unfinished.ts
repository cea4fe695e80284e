import type { SessionFile } from '@parley/mux';
import { type JournalFacts, readJournalFacts } from './read-journal.ts';
import { recordingFolders } from './recording-folders.ts';
import { readSessionFile } from './session-files.ts';

/** A recording whose mix is not there yet. */
export interface Unfinished {
  readonly recordingSessionId: string;
  readonly folder: string;
  /** null: missing or unreadable; the mixer rebuilds it from the journal. */
  readonly file: SessionFile | null;
  readonly journal: JournalFacts | null;
}

/** Every recording in `recording` or `muxing` below the recordings root, oldest first. The folders are asked, not the database. */
export const findUnfinished = async (recordingsDir: string): Promise<Unfinished[]> => {
  const found: Unfinished[] = [];
  for (const { recordingSessionId, folder } of await recordingFolders(recordingsDir)) {
    const file = await readSessionFile(folder);
    if (file && file.status !== 'recording' && file.status !== 'muxing') continue;
    const journal = await readJournalFacts(folder);
    if (file || journal) found.push({ recordingSessionId, folder, file, journal });
  }
  return found.sort((a, b) => startOf(a) - startOf(b));
};

const startOf = ({ file, journal }: Unfinished): number => file?.startTime ?? journal?.started.at ?? 0;
