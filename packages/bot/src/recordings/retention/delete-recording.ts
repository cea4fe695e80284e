import { readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { recordingSessionIdPattern } from '@parley/protocol';

/** Marks a folder whose deletion has begun. */
const suffix = '.deleting';

/**
 * Deletes a recording's folder. It gets another name first: a deletion that is cut off leaves nothing that looks like a whole recording.
 * Links are removed, not followed. @throws the file system's error
 */
export const deleteRecording = async (folder: string): Promise<void> => {
  const doomed = `${folder}${suffix}`;
  await rename(folder, doomed);
  await rm(doomed, { recursive: true, force: true });
};

/**
 * Goes on with deletions that were cut off. One that cannot go on does not keep the others.
 * @param onFailure told of each @throws the file system's error when the recordings cannot be listed
 */
export const finishDeletions = async (
  recordingsDir: string,
  onFailure: (recordingSessionId: string, error: unknown) => void,
  remove: (folder: string) => Promise<void> = (folder) => rm(folder, { recursive: true, force: true }),
): Promise<void> => {
  const sessions = join(resolve(recordingsDir), 'sessions');
  const names = await readdir(sessions).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const doomed = names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  for (const recordingSessionId of doomed.filter((name) => recordingSessionIdPattern.test(name))) {
    try {
      await remove(join(sessions, `${recordingSessionId}${suffix}`));
    } catch (error) {
      onFailure(recordingSessionId, error);
    }
  }
};
