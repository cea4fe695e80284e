import type { MessageDetails } from '../notify/index.ts';
import type { Session } from './session.ts';

/** Puts a marker with a few words at this place of the recording, which the panel shows. @returns null: nothing is recorded */
export const keepNote = (
  session: Pick<Session, 'recording' | 'reports' | 'announcer'>,
  userId: string,
  text: string,
): MessageDetails['note_kept'] | null => {
  const run = session.recording.current;
  if (!run) return null;
  const atMs = run.elapsedMs;
  const words = text.replaceAll(/\s+/g, ' ');
  session.recording.note({ type: 'marker', userId, text: words });
  session.reports.news.add({
    recordingSessionId: run.recordingSessionId,
    kind: 'note',
    sample: run.nowSample(),
    userId,
    text: words,
  });
  const kept = { text: words, userId, atMs };
  session.announcer.happened({ kind: 'note_kept', details: kept });
  return kept;
};
