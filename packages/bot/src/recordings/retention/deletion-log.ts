import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeletionReason } from './plan-retention.ts';

/** A recording that is no more. */
export interface Deletion {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly recordingSessionId: string;
  readonly guildId: string;
  readonly reason: DeletionReason;
  readonly bytes: number;
}

/** A private room is named after its person, of whom nothing is to stay. */
const withoutPerson = (recordingSessionId: string): string => recordingSessionId.replace(/^room-\d+-/, 'room-0-');

/** Appends to `<dataDir>/deletions.jsonl`, the list of what was deleted, when and why. @throws the file system's error */
export const logDeletion = async (dataDir: string, deletion: Deletion): Promise<void> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY;
  await using file = await open(join(dataDir, 'deletions.jsonl'), flags, 0o600);
  const recordingSessionId = withoutPerson(deletion.recordingSessionId);
  await file.appendFile(`${JSON.stringify({ v: 1, ...deletion, recordingSessionId })}\n`);
  await file.datasync();
};
