import { number, whole } from '../columns.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const upsert = `INSERT OR REPLACE INTO segments
(recording_session_id, segment_id, user_id, start_sample, samples, received, written, lost, bytes, status, closed_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const segmentRepository = ({ batch, read }: RepositoryContext): Store['segments'] => ({
  closed: (sidecar) =>
    batch.push({
      sql: upsert,
      params: [
        sidecar.recordingSessionId,
        sidecar.segmentId,
        sidecar.userId,
        whole(sidecar.startSample),
        whole(sidecar.samples),
        sidecar.packets.received,
        sidecar.packets.written,
        sidecar.packets.lost,
        sidecar.bytes,
        sidecar.status,
        sidecar.closedBy,
      ],
    }),
  count: (recordingSessionId) =>
    read(async (db) => {
      const row = await db.get('SELECT COUNT(*) AS n FROM segments WHERE recording_session_id = ?', [
        recordingSessionId,
      ]);
      return number(row ?? {}, 'n');
    }),
});
