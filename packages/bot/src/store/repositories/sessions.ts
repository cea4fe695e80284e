import { number, numberOrNull, text, textOrNull, updateOf, whole, wholeOrNull } from '../columns.ts';
import type { SqlRow } from '../db.ts';
import type { SessionPatch, SessionRow } from '../rows.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const insert = `INSERT INTO sessions
(session_id, guild_id, channel_id, text_channel_id, requested_by, mode, boot_id, started_at, ended_at, end_reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (session_id) DO UPDATE SET channel_id = excluded.channel_id, text_channel_id = excluded.text_channel_id,
boot_id = excluded.boot_id, ended_at = excluded.ended_at, end_reason = excluded.end_reason`;

const columns = {
  channelId: 'channel_id',
  textChannelId: 'text_channel_id',
  endedAt: 'ended_at',
  endReason: 'end_reason',
} as const satisfies Record<keyof SessionPatch, string>;

const toRow = (row: SqlRow): SessionRow => ({
  sessionId: text(row, 'session_id'),
  guildId: text(row, 'guild_id'),
  channelId: text(row, 'channel_id'),
  textChannelId: textOrNull(row, 'text_channel_id'),
  requestedByUserId: text(row, 'requested_by'),
  mode: text(row, 'mode'),
  bootId: text(row, 'boot_id'),
  startedAt: number(row, 'started_at'),
  endedAt: numberOrNull(row, 'ended_at'),
  endReason: textOrNull(row, 'end_reason'),
});

export const sessionRepository = ({ batch, read }: RepositoryContext): Store['sessions'] => {
  const change = (sessionId: string, patch: SessionPatch): void => {
    const rounded = patch.endedAt === undefined ? patch : { ...patch, endedAt: wholeOrNull(patch.endedAt) };
    const update = updateOf<SessionPatch>('sessions', columns, rounded, 'session_id');
    if (update !== null) batch.push({ sql: update.sql, params: [...update.values, sessionId] });
  };
  return {
    /** Starting one again (a rejoin after a crash) takes its end back. */
    started: (row) =>
      batch.push({
        sql: insert,
        params: [
          row.sessionId,
          row.guildId,
          row.channelId,
          row.textChannelId,
          row.requestedByUserId,
          row.mode,
          row.bootId,
          whole(row.startedAt),
          wholeOrNull(row.endedAt),
          row.endReason,
        ],
      }),
    changed: change,
    ended: change,
    live: () =>
      read(async (db) =>
        (await db.all('SELECT * FROM sessions WHERE ended_at IS NULL ORDER BY started_at')).map(toRow),
      ),
    get: (sessionId) =>
      read(async (db) => {
        const row = await db.get('SELECT * FROM sessions WHERE session_id = ?', [sessionId]);
        return row === undefined ? null : toRow(row);
      }),
  };
};
