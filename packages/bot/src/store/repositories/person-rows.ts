import { holdsId, withoutId } from '@parley/mux';
import { text } from '../columns.ts';
import type { DbStatements, SqlRow, SqlValue } from '../db.ts';
import type { ForgetRequest } from '../rows.ts';
import { forgetMemoryOf } from './memory-rows.ts';

/** Columns of text in which an id may stand somewhere, with the rows' key, and how a row tells its guild. */
const texts = [
  { table: 'actions', key: ['id'], columns: ['fields'], guild: 'guild_id' },
  { table: 'sessions', key: ['session_id'], columns: ['requested_by'], guild: 'guild_id' },
  { table: 'recordings', key: ['recording_session_id'], columns: ['requested_by', 'error'], guild: 'guild_id' },
  { table: 'agent_log', key: ['id'], columns: ['data'], guild: 'guild_id' },
  { table: 'jobs', key: ['kind', 'recording_session_id'], columns: ['last_error'], guild: null },
] as const;

const where = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(' AND ');

/** The person's own rows of these recordings, or of every recording in the guild or anywhere. */
const deleteOwn = async (tx: DbStatements, table: string, request: ForgetRequest): Promise<number> => {
  const { userId, guildId, recordingSessionIds } = request;
  if (recordingSessionIds !== null) {
    let rows = 0;
    for (const id of recordingSessionIds) {
      rows += await tx.run(`DELETE FROM ${table} WHERE user_id = ? AND recording_session_id = ?`, [userId, id]);
    }
    return rows;
  }
  // A recording's id begins with its guild's.
  const inGuild = guildId === null ? null : 'recording_session_id GLOB ?';
  const params: SqlValue[] = guildId === null ? [userId] : [userId, `${guildId}-*`];
  return await tx.run(`DELETE FROM ${table} WHERE ${where(['user_id = ?', inGuild])}`, params);
};

const cleanTexts = async (
  tx: DbStatements,
  { table, key, columns, guild }: (typeof texts)[number],
  { userId, guildId }: ForgetRequest,
): Promise<number> => {
  let changed = 0;
  for (const column of columns) {
    const inGuild = guildId === null ? null : guild === null ? 'recording_session_id GLOB ?' : `${guild} = ?`;
    const params: SqlValue[] = [userId];
    if (guildId !== null) params.push(guild === null ? `${guildId}-*` : guildId);
    const rows: SqlRow[] = await tx.all(
      `SELECT ${key.join(', ')}, ${column} FROM ${table} WHERE ${where([`instr(${column}, ?) > 0`, inGuild])}`,
      params,
    );
    for (const row of rows) {
      const value = text(row, column);
      if (!holdsId(value, userId)) continue;
      const keys = key.map((name) => row[name] ?? null);
      const sql = `UPDATE ${table} SET ${column} = ? WHERE ${key.map((name) => `${name} = ?`).join(' AND ')}`;
      changed += await tx.run(sql, [withoutId(value, userId), ...keys]);
    }
  }
  return changed;
};

/** Lists of people in a guild's settings lose the person; a setting that names nobody any more stays, empty. */
const cleanSettings = async (tx: DbStatements, { userId, guildId }: ForgetRequest): Promise<number> => {
  const rows = await tx.all(
    `SELECT guild_id, key, value FROM settings WHERE ${where(['instr(value, ?) > 0', guildId === null ? null : 'guild_id = ?'])}`,
    guildId === null ? [userId] : [userId, guildId],
  );
  let changed = 0;
  for (const row of rows) {
    const value = withoutPerson(JSON.parse(text(row, 'value')), userId);
    const params = [JSON.stringify(value), text(row, 'guild_id'), text(row, 'key')];
    changed += await tx.run('UPDATE settings SET value = ? WHERE guild_id = ? AND key = ?', params);
  }
  return changed;
};

const withoutPerson = (value: unknown, userId: string): unknown => {
  if (Array.isArray(value))
    return value.filter((entry) => entry !== userId).map((entry) => withoutPerson(entry, userId));
  if (value === userId) return null;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutPerson(inner, userId)]));
};

/** A private room is named after its person: nothing is kept of it. A message that has to go yet is remembered until it has gone. */
const deleteOwnRooms = async (tx: DbStatements, { userId }: ForgetRequest): Promise<number> => {
  let rows = 0;
  const tables = [
    'transcript_segments',
    'segments',
    'participants',
    'jobs',
    'erasure_recordings',
    'recordings',
  ] as const;
  for (const table of tables) {
    rows += await tx.run(`DELETE FROM ${table} WHERE recording_session_id GLOB ?`, [`room-${userId}-*`]);
  }
  const forgetUse = 'UPDATE transcript_use SET recording_session_id = NULL WHERE recording_session_id GLOB ?';
  await tx.run(forgetUse, [`room-${userId}-*`]);
  const gone = 'DELETE FROM deliveries WHERE recording_session_id GLOB ? AND withdrawn_at IS NOT NULL';
  return rows + (await tx.run(gone, [`room-${userId}-*`]));
};

/**
 * Deletes the rows of a person and takes their id out of the others; decisions (`consents`) stay. For certain recordings only the rows
 * that tell of the person in them go. @returns rows deleted or changed
 */
export const rowsOfPerson = async (tx: DbStatements, request: ForgetRequest): Promise<number> => {
  const { userId, guildId, recordingSessionIds } = request;
  let rows = 0;
  for (const table of ['participants', 'segments', 'transcript_segments']) rows += await deleteOwn(tx, table, request);
  if (recordingSessionIds !== null) return rows;
  // Whoever is forgotten is signed out: a sign-in tells that there is such a person.
  for (const table of ['sign_in_links', 'sign_ins']) {
    rows += await tx.run(`DELETE FROM ${table} WHERE user_id = ?`, [userId]);
  }
  rows += await tx.run(
    `UPDATE actions SET user_id = NULL WHERE ${where(['user_id = ?', guildId === null ? null : 'guild_id = ?'])}`,
    guildId === null ? [userId] : [userId, guildId],
  );
  rows += await tx.run(
    `UPDATE spending SET user_id = NULL WHERE ${where(['user_id = ?', guildId === null ? null : 'guild_id = ?'])}`,
    guildId === null ? [userId] : [userId, guildId],
  );
  rows += await tx.run(
    `UPDATE agent_log SET user_id = NULL WHERE ${where(['user_id = ?', guildId === null ? null : 'guild_id = ?'])}`,
    guildId === null ? [userId] : [userId, guildId],
  );
  rows += await forgetMemoryOf(tx, userId, guildId);
  for (const place of texts) rows += await cleanTexts(tx, place, request);
  if (guildId === null) rows += await deleteOwnRooms(tx, request);
  return rows + (await cleanSettings(tx, request));
};
