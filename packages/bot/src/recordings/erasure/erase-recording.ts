import {
  ERASED_USER_ID,
  eraseFromRunning,
  erasePeople,
  FolderLock,
  markForErasure,
  recordingLayout,
} from '@parley/mux';
import type { Store } from '../../store/index.ts';
import type { MuxJob } from '../mux-job.ts';
import type { MuxQueue } from '../mux-queue.ts';
import { deleteRecording } from '../retention/delete-recording.ts';
import type { PersonRecording } from './find-person.ts';

export interface EraseRecordingOptions {
  readonly store: Pick<Store, 'recordings' | 'deliveries' | 'erasures'>;
  readonly muxQueue: Pick<MuxQueue, 'hold' | 'enqueue'>;
  /** Removes the files that were exported of a recording and wait to be fetched. */
  readonly removeExports: (recordingSessionId: string) => Promise<void>;
}

/** `remixing`: gone, the mix follows · `waiting`: gone as far as it was written, the rest goes when the recording has ended · `deleted`: all of it. */
export type ErasedFrom =
  | { readonly kind: 'remixing'; readonly bytes: number; readonly foreign: readonly string[] }
  | { readonly kind: 'waiting'; readonly bytes: number }
  | { readonly kind: 'deleted' };

/**
 * Erases a person from one recording. Of one that runs, what has been written so far: the caller has seen to it that nothing more is.
 * The mixer is kept away meanwhile and begins anew afterwards; messages with the person's voice are marked to be taken back, those that
 * read the recording while it was erased too.
 *
 * @param erasureId what it is done for
 * @param runningSample the sample of now of a recording that runs; null: it does not
 * @throws MuxError `busy` when somebody else's mixer is at work; StoreError; the file system's error
 */
export const eraseFromRecording = async (
  { store, muxQueue, removeExports }: EraseRecordingOptions,
  { recordingSessionId, folder, session, spoke, ownRoom }: PersonRecording,
  { id: erasureId, userId }: { readonly id: number; readonly userId: string },
  runningSample: number | null,
): Promise<ErasedFrom> => {
  const layout = recordingLayout(folder);
  const takeBack = async (): Promise<void> => {
    await store.erasures.touches(erasureId, recordingSessionId);
    if (spoke || ownRoom) await store.deliveries.doom(recordingSessionId);
  };
  await takeBack();
  if (runningSample !== null || session?.status === 'recording') {
    const { bytes } = await eraseFromRunning(layout, { userId, upToSample: runningSample });
    await removeExports(recordingSessionId);
    return { kind: 'waiting', bytes };
  }
  using _away = await muxQueue.hold(recordingSessionId);
  if (ownRoom) {
    await deleteRecording(folder);
    await removeExports(recordingSessionId);
    await takeBack();
    store.recordings.forgotten(recordingSessionId);
    return { kind: 'deleted' };
  }
  await markForErasure(layout, userId);
  await removeExports(recordingSessionId);
  let bytes = 0;
  let foreign: readonly string[] = [];
  {
    using _lock = new FolderLock(layout.root);
    for (const erased of await erasePeople(layout)) {
      bytes += erased.bytes;
      foreign = erased.foreign;
    }
  }
  await takeBack();
  store.recordings.updated(recordingSessionId, { status: 'muxing', outputFile: null });
  const row = await store.recordings.get(recordingSessionId);
  const guildId = row?.guildId ?? session?.guildId ?? '';
  const requester = row?.requestedByUserId ?? ERASED_USER_ID;
  const job: MuxJob = {
    ...{ recordingSessionId, folder, guildId, textChannelId: row?.textChannelId ?? null },
    requestedByUserId: requester === ERASED_USER_ID || requester === userId ? null : requester,
  };
  muxQueue.enqueue(job);
  return { kind: 'remixing', bytes, foreign };
};
