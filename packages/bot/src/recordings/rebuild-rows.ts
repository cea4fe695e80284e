import type { SessionFile } from '@parley/mux';
import type { Store } from '../store/index.ts';
import type { JournalFacts } from './read-journal.ts';

type RebuiltTables = Pick<Store, 'sessions' | 'recordings' | 'participants' | 'segments' | 'flush'>;

/** Rows queued at once: far fewer than the queue holds before it drops the oldest. */
const rowsAtOnce = 1000;

export interface FoundOnDisk {
  /** Absolute path. */
  readonly folder: string;
  readonly file: SessionFile;
  /** null: it is gone; then who asked for the recording is not known any more. */
  readonly journal: JournalFacts | null;
}

/**
 * Writes what a recording's folder says into the store: the recording, its session, its people, its segments. What the store knows
 * besides (where its messages went) stays; doing it again changes nothing.
 */
export const rebuildRows = async (store: RebuiltTables, { folder, file, journal }: FoundOnDisk): Promise<void> => {
  const { recordingSessionId, sessionId, guildId, channelId, startTime, endTime } = file;
  const known = await store.recordings.get(recordingSessionId);
  const requestedByUserId = journal?.started.requestedByUserId ?? known?.requestedByUserId ?? '';
  const textChannelId = known?.textChannelId ?? null;
  const bootId = journal?.started.bootId ?? known?.bootId ?? '';
  store.recordings.started({
    recordingSessionId,
    sessionId,
    guildId,
    channelId,
    channelName: file.channelName,
    textChannelId,
    requestedByUserId,
    folder,
    bootId,
    originUs: journal?.started.originUs ?? known?.originUs ?? 0,
    startTime,
    endTime,
    durationMs: file.durationMs,
    status: file.status,
    outputFile: file.outputFile,
    continues: file.continues ?? null,
    voxprocs: journal?.voxprocs ?? known?.voxprocs ?? 0,
    error: file.error ?? null,
  });
  for (const { userId, username, displayName, bot } of file.participants) {
    const seen = { recordingSessionId, userId, username, displayName, bot };
    store.participants.seen({ ...seen, at: startTime });
    store.participants.seen({ ...seen, at: endTime ?? startTime });
  }
  for (const [index, segment] of file.segments.entries()) {
    store.segments.closed(segment);
    if (index % rowsAtOnce === rowsAtOnce - 1) await store.flush();
  }
  await rebuildSession(store, { file, requestedByUserId, textChannelId, bootId });
};

/** A session the store does not know, from its recordings: it began with the first and ended with the last. */
const rebuildSession = async (
  store: RebuiltTables,
  found: { file: SessionFile; requestedByUserId: string; textChannelId: string | null; bootId: string },
): Promise<void> => {
  const { sessionId, guildId, channelId, startTime, endTime } = found.file;
  const known = await store.sessions.get(sessionId);
  if (known === null) {
    store.sessions.started({
      sessionId,
      guildId,
      channelId,
      textChannelId: found.textChannelId,
      requestedByUserId: found.requestedByUserId,
      mode: 'record_only',
      bootId: found.bootId,
      startedAt: startTime,
      endedAt: endTime ?? startTime,
      endReason: 'recovered',
    });
  } else if (endTime !== null && known.endedAt !== null && known.endReason === 'recovered' && endTime > known.endedAt) {
    store.sessions.ended(sessionId, { endedAt: endTime, endReason: 'recovered' });
  } else if (known.endedAt === null) {
    store.sessions.ended(sessionId, { endedAt: endTime ?? startTime, endReason: 'recovered' });
  }
};
