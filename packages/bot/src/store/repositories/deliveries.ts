import { number, oneOf, text, whole } from '../columns.ts';
import type { SqlRow } from '../db.ts';
import type { DeliveryRow } from '../rows.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const kinds = ['mix', 'clip', 'export'] as const;

/** A message that was on its way while somebody was erased is to go at once: their voice may be in it. */
const insert = `INSERT INTO deliveries (channel_id, message_id, recording_session_id, kind, at, doomed_at)
SELECT ?, ?, ?, ?, ?, (SELECT MAX(at) FROM erasure_recordings WHERE recording_session_id = ? AND at >= ?)
WHERE true ON CONFLICT (channel_id, message_id) DO NOTHING`;

const toRow = (row: SqlRow): DeliveryRow => ({
  channelId: text(row, 'channel_id'),
  messageId: text(row, 'message_id'),
  recordingSessionId: text(row, 'recording_session_id'),
  kind: oneOf(row, 'kind', kinds),
  at: number(row, 'at'),
});

export const deliveryRepository = ({ db, clock, batch }: RepositoryContext): Store['deliveries'] => ({
  posted: async (row, readAt) => {
    const { channelId, messageId, recordingSessionId } = row;
    const since = whole(readAt);
    const params = [channelId, messageId, recordingSessionId, row.kind, whole(row.at), recordingSessionId, since];
    await db.run(insert, params);
    const found = await db.get('SELECT doomed_at FROM deliveries WHERE channel_id = ? AND message_id = ?', [
      channelId,
      messageId,
    ]);
    return found?.doomed_at === null;
  },
  doom: async (recordingSessionId) =>
    await db.run('UPDATE deliveries SET doomed_at = ? WHERE recording_session_id = ? AND doomed_at IS NULL', [
      whole(clock.now()),
      recordingSessionId,
    ]),
  doomed: async () =>
    (await db.all('SELECT * FROM deliveries WHERE doomed_at IS NOT NULL AND withdrawn_at IS NULL ORDER BY at')).map(
      toRow,
    ),
  withdrawn: async (channelId, messageId) => {
    await db.run('UPDATE deliveries SET withdrawn_at = ? WHERE channel_id = ? AND message_id = ?', [
      whole(clock.now()),
      channelId,
      messageId,
    ]);
  },
  of: async (recordingSessionId) =>
    (
      await db.all('SELECT * FROM deliveries WHERE recording_session_id = ? AND doomed_at IS NULL ORDER BY at', [
        recordingSessionId,
      ])
    ).map(toRow),
  withVoice: async ({ userId, guildId, until }) => {
    await batch.flush();
    const sql = `SELECT DISTINCT recording_session_id FROM deliveries d WHERE doomed_at IS NULL AND at <= ?
AND recording_session_id GLOB ? AND EXISTS
(SELECT 1 FROM segments s WHERE s.recording_session_id = d.recording_session_id AND s.user_id = ?)`;
    const rows = await db.all(sql, [whole(until), guildId === null ? '*' : `${guildId}-*`, userId]);
    return rows.map((row) => text(row, 'recording_session_id'));
  },
  wasTakenBack: async (recordingSessionId) =>
    (await db.get(
      "SELECT 1 AS one FROM deliveries WHERE recording_session_id = ? AND kind = 'mix' AND doomed_at IS NOT NULL",
      [recordingSessionId],
    )) !== undefined,
});
