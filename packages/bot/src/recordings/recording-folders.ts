import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { recordingFolder } from '@parley/mux';
import { recordingSessionIdPattern } from '@parley/protocol';

export interface RecordingFolder {
  readonly recordingSessionId: string;
  /** Absolute path. */
  readonly folder: string;
}

/** Every recording below the recordings root, finished or not. None when the root does not exist. @throws the file system's error */
export const recordingFolders = async (recordingsDir: string): Promise<RecordingFolder[]> => {
  const root = resolve(recordingsDir);
  const names = await readdir(join(root, 'sessions')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => recordingSessionIdPattern.test(name))
    .map((recordingSessionId) => ({ recordingSessionId, folder: recordingFolder(root, recordingSessionId) }));
};
