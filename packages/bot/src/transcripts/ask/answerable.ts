import { recordingFolder } from '@parley/mux';
import type { TranscriptHit } from '../../store/index.ts';
import { readTranscriptFile } from '../service/read-spoken.ts';
import { type WithheldSources, withheldAmong } from '../service/withheld.ts';

/**
 * Of passages of one guild those a text model may get: of people who agree, by now, to be transcribed and to be heard by an AI, from
 * recordings whose transcript can be read; one that cannot is one that may have been deleted or erased. @throws StoreError
 */
export const answerable = async (
  sources: WithheldSources,
  recordingsDir: string,
  guildId: string,
  hits: readonly TranscriptHit[],
): Promise<TranscriptHit[]> => {
  const speakers = hits.map(({ userId }) => userId);
  const among = withheldAmong(sources);
  const [untranscribed, unheard] = [
    await among('transcribed', guildId, speakers),
    await among('heard_by_ai', guildId, speakers),
  ];
  const readable = new Set<string>();
  for (const id of new Set(hits.map(({ recordingSessionId }) => recordingSessionId))) {
    if ((await readTranscriptFile(recordingFolder(recordingsDir, id))) !== null) readable.add(id);
  }
  return hits.filter(
    ({ userId, recordingSessionId }) =>
      readable.has(recordingSessionId) && !untranscribed.has(userId) && !unheard.has(userId),
  );
};
