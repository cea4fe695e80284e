import { number, numberOrNull, oneOf, text, textOrNull, whole } from '../columns.ts';
import type { SqlRow } from '../db.ts';
import type { ErasureRow } from '../rows.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';
import { rowsOfPerson } from './person-rows.ts';

const states = ['begun', 'waiting', 'done'] as const;
const askers = ['self', 'manager'] as const;

const insert = `INSERT INTO erasures
(person, user_id, guild_id, session_id, recording_session_id, asked_by, asked_at, text_version, attempts, recordings, bytes, messages, rows)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0)`;

const add = `UPDATE erasures SET attempts = attempts + 1, recordings = ?, bytes = bytes + ?, messages = messages + ?,
rows = rows + ?, last_error = ? WHERE id = ?`;

const toRow = (row: SqlRow): ErasureRow => ({
  id: number(row, 'id'),
  person: text(row, 'person'),
  userId: textOrNull(row, 'user_id'),
  guildId: textOrNull(row, 'guild_id'),
  sessionId: textOrNull(row, 'session_id'),
  recordingSessionId: textOrNull(row, 'recording_session_id'),
  askedBy: oneOf(row, 'asked_by', askers),
  askedAt: number(row, 'asked_at'),
  textVersion: number(row, 'text_version'),
  doneAt: numberOrNull(row, 'done_at'),
  attempts: number(row, 'attempts'),
  recordings: number(row, 'recordings'),
  bytes: number(row, 'bytes'),
  messages: number(row, 'messages'),
  rows: number(row, 'rows'),
  lastError: textOrNull(row, 'last_error'),
});

export const erasureRepository = ({ db, clock, batch }: RepositoryContext): Store['erasures'] => ({
  asked: async (wish) =>
    await db.transaction(async (tx) => {
      const { person, userId, guildId, sessionId, recordingSessionId, askedBy, askedAt, textVersion } = wish;
      const scope = [guildId, sessionId, recordingSessionId];
      await tx.run(insert, [person, userId, ...scope, askedBy, whole(askedAt), textVersion]);
      return number((await tx.get('SELECT last_insert_rowid() AS id')) ?? {}, 'id');
    }),
  open: async () => (await db.all('SELECT * FROM erasures WHERE done_at IS NULL ORDER BY id')).map(toRow),
  all: async () => (await db.all('SELECT * FROM erasures ORDER BY id')).map(toRow),
  touches: async (id, recordingSessionId) => {
    await db.run(
      `INSERT INTO erasure_recordings (erasure_id, recording_session_id, state, at) VALUES (?, ?, 'begun', ?)
ON CONFLICT (recording_session_id, erasure_id) DO UPDATE SET at = MAX(at, excluded.at)`,
      [id, recordingSessionId, whole(clock.now())],
    );
  },
  reached: async (id, recordingSessionId, state) => {
    await db.run('UPDATE erasure_recordings SET state = ? WHERE erasure_id = ? AND recording_session_id = ?', [
      state,
      id,
      recordingSessionId,
    ]);
  },
  touched: async (id) =>
    new Map(
      (await db.all('SELECT * FROM erasure_recordings WHERE erasure_id = ?', [id])).map((row) => [
        text(row, 'recording_session_id'),
        oneOf(row, 'state', states),
      ]),
    ),
  tried: async (id, { recordings, bytes, messages, rows, error }) => {
    await db.run(add, [recordings, bytes, messages, rows, error, id]);
  },
  done: async (id) => {
    await db.run('UPDATE erasures SET user_id = NULL, last_error = NULL, done_at = ? WHERE id = ?', [
      whole(clock.now()),
      id,
    ]);
    // The row is overwritten in its page (secure_delete); the log before it still has what stood there.
    await db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  },
  forget: async (request) => {
    // What was recorded before must not come after.
    await batch.flush();
    return await db.transaction((tx) => rowsOfPerson(tx, request));
  },
  compact: async () => {
    // Freed pages keep what was on them until they are used again, and so does the write-ahead log.
    await db.exec('VACUUM');
    await db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  },
});
