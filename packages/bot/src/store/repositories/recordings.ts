import { recordingStatuses } from '@parley/mux';
import { number, numberOrNull, oneOf, text, textOrNull, updateOf, whole, wholeOrNull } from '../columns.ts';
import type { SqlRow, SqlValue } from '../db.ts';
import type { RecordingPatch, RecordingRow, VisibleQuery } from '../rows.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const insert = `INSERT INTO recordings (recording_session_id, session_id, guild_id, channel_id, channel_name, text_channel_id,
requested_by, folder, boot_id, origin_us, start_time, end_time, duration_ms, status, output_file, continues, voxprocs, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (recording_session_id) DO UPDATE SET session_id = excluded.session_id, status = excluded.status,
voxprocs = excluded.voxprocs, text_channel_id = excluded.text_channel_id, end_time = excluded.end_time,
duration_ms = excluded.duration_ms, output_file = excluded.output_file, error = excluded.error`;

const columns = {
  status: 'status',
  endTime: 'end_time',
  durationMs: 'duration_ms',
  outputFile: 'output_file',
  voxprocs: 'voxprocs',
  error: 'error',
  textChannelId: 'text_channel_id',
  channelName: 'channel_name',
} as const satisfies Record<keyof RecordingPatch, string>;

const toRow = (row: SqlRow): RecordingRow => ({
  recordingSessionId: text(row, 'recording_session_id'),
  sessionId: text(row, 'session_id'),
  guildId: text(row, 'guild_id'),
  channelId: text(row, 'channel_id'),
  channelName: text(row, 'channel_name'),
  textChannelId: textOrNull(row, 'text_channel_id'),
  requestedByUserId: text(row, 'requested_by'),
  folder: text(row, 'folder'),
  bootId: text(row, 'boot_id'),
  originUs: number(row, 'origin_us'),
  startTime: number(row, 'start_time'),
  endTime: numberOrNull(row, 'end_time'),
  durationMs: numberOrNull(row, 'duration_ms'),
  status: oneOf(row, 'status', recordingStatuses),
  outputFile: textOrNull(row, 'output_file'),
  continues: textOrNull(row, 'continues'),
  voxprocs: number(row, 'voxprocs'),
  error: textOrNull(row, 'error'),
});

/** Whose voices are in a message that stands has to be known as long as it does: they may ask for its deletion. */
const forgetSegments = `DELETE FROM segments WHERE recording_session_id = ?1
AND NOT EXISTS (SELECT 1 FROM deliveries WHERE recording_session_id = ?1 AND doomed_at IS NULL)`;

/** What somebody asked for, or is heard in: who was erased has no segments any more. */
const own = `(r.requested_by = ? OR EXISTS
(SELECT 1 FROM segments s WHERE s.recording_session_id = r.recording_session_id AND s.user_id = ?))`;

/** The condition under which somebody may see a recording (a row `r`), with what stands for its `?`. Pure. */
export const seenBy = ({ userId, wholeGuilds }: Pick<VisibleQuery, 'userId' | 'wholeGuilds'>) => {
  const params: SqlValue[] = [JSON.stringify(wholeGuilds)];
  const seen = ['r.guild_id IN (SELECT value FROM json_each(?))'];
  if (userId !== null) {
    seen.push(own);
    params.push(userId, userId);
  }
  return { sql: `(${seen.join(' OR ')})`, params };
};

const visibleStatement = (query: VisibleQuery) => {
  const { guildId, before, limit } = query;
  const seen = seenBy(query);
  const params = [...seen.params];
  const conditions = [seen.sql];
  if (guildId !== null) {
    conditions.push('r.guild_id = ?');
    params.push(guildId);
  }
  if (before !== null) {
    conditions.push('(r.start_time, r.recording_session_id) < (?, ?)');
    params.push(whole(before.startTime), before.recordingSessionId);
  }
  const sql = `SELECT r.* FROM recordings r WHERE ${conditions.join(' AND ')}
ORDER BY r.start_time DESC, r.recording_session_id DESC LIMIT ?`;
  return { sql, params: [...params, limit] };
};

export const recordingRepository = ({ batch, read }: RepositoryContext): Store['recordings'] => ({
  /** Starting one again (a rejoin after a crash) goes on with its row. */
  started: (row) =>
    batch.push({
      sql: insert,
      params: [
        row.recordingSessionId,
        row.sessionId,
        row.guildId,
        row.channelId,
        row.channelName,
        row.textChannelId,
        row.requestedByUserId,
        row.folder,
        row.bootId,
        row.originUs,
        whole(row.startTime),
        wholeOrNull(row.endTime),
        row.durationMs,
        row.status,
        row.outputFile,
        row.continues,
        row.voxprocs,
        row.error,
      ],
    }),
  updated: (recordingSessionId, patch) => {
    const rounded = patch.endTime === undefined ? patch : { ...patch, endTime: wholeOrNull(patch.endTime) };
    const update = updateOf<RecordingPatch>('recordings', columns, rounded, 'recording_session_id');
    if (update !== null) batch.push({ sql: update.sql, params: [...update.values, recordingSessionId] });
  },
  forgotten: (recordingSessionId) => {
    for (const table of ['transcript_segments', 'participants', 'recordings']) {
      batch.push({ sql: `DELETE FROM ${table} WHERE recording_session_id = ?`, params: [recordingSessionId] });
    }
    const params = [recordingSessionId];
    batch.push({ sql: forgetSegments, params });
    batch.push({
      sql: "DELETE FROM jobs WHERE kind IN ('transcribe', 'withdraw', 'webhook') AND recording_session_id = ?",
      params,
    });
    // What was used today stays used.
    const sql = 'UPDATE transcript_use SET recording_session_id = NULL WHERE recording_session_id = ?';
    batch.push({ sql, params });
  },
  unfinished: () =>
    read(async (db) => {
      const rows = await db.all("SELECT * FROM recordings WHERE status IN ('recording', 'muxing') ORDER BY start_time");
      return rows.map(toRow);
    }),
  get: (recordingSessionId) =>
    read(async (db) => {
      const row = await db.get('SELECT * FROM recordings WHERE recording_session_id = ?', [recordingSessionId]);
      return row === undefined ? null : toRow(row);
    }),
  recent: (guildId, limit) =>
    read(async (db) => {
      const rows = await db.all('SELECT * FROM recordings WHERE guild_id = ? ORDER BY start_time DESC LIMIT ?', [
        guildId,
        limit,
      ]);
      return rows.map(toRow);
    }),
  visible: (query) =>
    read(async (db) => {
      const { sql, params } = visibleStatement(query);
      return (await db.all(sql, params)).map(toRow);
    }),
  concerns: (recordingSessionId, userId) =>
    read(async (db) => {
      const sql = `SELECT 1 AS yes FROM recordings r WHERE r.recording_session_id = ? AND ${own}`;
      return (await db.get(sql, [recordingSessionId, userId, userId])) !== undefined;
    }),
  ofSession: (sessionId) =>
    read(async (db) =>
      (await db.all('SELECT * FROM recordings WHERE session_id = ? ORDER BY start_time', [sessionId])).map(toRow),
    ),
});
