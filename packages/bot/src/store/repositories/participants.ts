import { number, numberOrNull, text, whole } from '../columns.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const upsert = `INSERT INTO participants (recording_session_id, user_id, username, display_name, bot, first_at, last_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (recording_session_id, user_id) DO UPDATE SET username = excluded.username, display_name = excluded.display_name,
bot = COALESCE(excluded.bot, bot), first_at = MIN(first_at, excluded.first_at), last_at = MAX(last_at, excluded.last_at)`;

const bit = (value: boolean | null): number | null => (value === null ? null : Number(value));

export const participantRepository = ({ batch, read }: RepositoryContext): Store['participants'] => ({
  seen: (row) => {
    const at = whole(row.at);
    batch.push({
      sql: upsert,
      params: [row.recordingSessionId, row.userId, row.username, row.displayName, bit(row.bot), at, at],
    });
  },
  of: (recordingSessionId) =>
    read(async (db) => {
      const rows = await db.all(
        'SELECT * FROM participants WHERE recording_session_id = ? ORDER BY first_at, user_id',
        [recordingSessionId],
      );
      return rows.map((row) => {
        const bot = numberOrNull(row, 'bot');
        return {
          recordingSessionId,
          userId: text(row, 'user_id'),
          username: text(row, 'username'),
          displayName: text(row, 'display_name'),
          bot: bot === null ? null : bot !== 0,
          at: number(row, 'last_at'),
          firstAt: number(row, 'first_at'),
        };
      });
    }),
});
