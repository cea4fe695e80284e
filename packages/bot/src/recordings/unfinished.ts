import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { recordingFolder, type SessionFile } from '@parley/mux';
import { recordingSessionIdPattern } from '@parley/protocol';
import { type JournalFacts, readJournalFacts } from './read-journal.ts';
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
  const root = resolve(recordingsDir);
  const names = await readdir(join(root, 'sessions')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: Unfinished[] = [];
  for (const recordingSessionId of names.filter((name) => recordingSessionIdPattern.test(name))) {
    const folder = recordingFolder(root, recordingSessionId);
    const file = await readSessionFile(folder);
    if (file && file.status !== 'recording' && file.status !== 'muxing') continue;
    const journal = await readJournalFacts(folder);
    if (file || journal) found.push({ recordingSessionId, folder, file, journal });
  }
  return found.sort((a, b) => startOf(a) - startOf(b));
};

const startOf = ({ file, journal }: Unfinished): number => file?.startTime ?? journal?.started.at ?? 0;
