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

/** Goes on with deletions that were cut off. @throws the file system's error */
export const finishDeletions = async (recordingsDir: string): Promise<void> => {
  const sessions = join(resolve(recordingsDir), 'sessions');
  const names = await readdir(sessions).catch(() => []);
  const doomed = names.filter(
    (name) => name.endsWith(suffix) && recordingSessionIdPattern.test(name.slice(0, -suffix.length)),
  );
  for (const name of doomed) await rm(join(sessions, name), { recursive: true, force: true });
};
