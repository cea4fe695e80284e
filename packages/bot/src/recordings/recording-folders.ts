import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { recordingFolder } from '@parley/mux';
import { recordingSessionIdPattern } from '@parley/protocol';

export interface RecordingFolder {
  readonly recordingSessionId: string;
  /** Absolute path. */
  readonly folder: string;
}

/**
 * Every recording below the recordings root, finished or not; links to elsewhere are none. None when the root does not exist.
 * @throws the file system's error
 */
export const recordingFolders = async (recordingsDir: string): Promise<RecordingFolder[]> => {
  const root = resolve(recordingsDir);
  const entries = await readdir(join(root, 'sessions'), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isDirectory() && recordingSessionIdPattern.test(entry.name))
    .map(({ name: recordingSessionId }) => ({ recordingSessionId, folder: recordingFolder(root, recordingSessionId) }));
};
