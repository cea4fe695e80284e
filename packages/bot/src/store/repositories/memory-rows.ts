import { number, text } from '../columns.ts';
import type { DbStatements, SqlValue } from '../db.ts';

const inThreads = (guildId: string | null): { readonly sql: string; readonly params: readonly SqlValue[] } =>
  guildId === null
    ? { sql: '', params: [] }
    : { sql: ' AND thread_id IN (SELECT thread_id FROM threads WHERE guild_id = ?)', params: [guildId] };

/** Turns with everything that hangs on them. Their receipts stay, without the hash of the words: what is repeated is not recorded anew. */
const deleteTurns = async (tx: DbStatements, where: string, params: readonly SqlValue[]): Promise<number> => {
  const turns = await tx.all(`SELECT id, thread_id, client_turn_id FROM turns WHERE ${where}`, params);
  for (const turn of turns) {
    const id = number(turn, 'id');
    await tx.run('DELETE FROM turn_speakers WHERE turn_id = ?', [id]);
    await tx.run('DELETE FROM memory_candidates WHERE turn_id = ?', [id]);
    await tx.run('DELETE FROM turns WHERE id = ?', [id]);
    await tx.run('UPDATE turn_receipts SET body_hash = NULL WHERE thread_id = ? AND client_turn_id = ?', [
      text(turn, 'thread_id'),
      text(turn, 'client_turn_id'),
    ]);
  }
  return turns.length;
};

const deleteEpisodes = async (tx: DbStatements, where: string, params: readonly SqlValue[]): Promise<number> => {
  await tx.run(`DELETE FROM episode_people WHERE episode_id IN (SELECT id FROM episodes WHERE ${where})`, params);
  return await tx.run(`DELETE FROM episodes WHERE ${where}`, params);
};

/**
 * Everything that is remembered of a person, here or everywhere. A turn they spoke in goes as a whole, since its answer tells of its
 * question; so does what a session they took part in came to. @returns rows deleted or changed
 */
export const forgetMemoryOf = async (tx: DbStatements, userId: string, guildId: string | null): Promise<number> => {
  const scope = inThreads(guildId);
  const spoken = `id IN (SELECT turn_id FROM turn_speakers WHERE user_id = ?)${scope.sql}`;
  let rows = await deleteTurns(tx, spoken, [userId, ...scope.params]);
  const took = `id IN (SELECT episode_id FROM episode_people WHERE user_id = ?)${scope.sql}`;
  rows += await deleteEpisodes(tx, took, [userId, ...scope.params]);
  rows += await tx.run(`DELETE FROM memory_candidates WHERE owner_id = ?${scope.sql}`, [userId, ...scope.params]);
  const inGuild = guildId === null ? '' : ' AND guild_id = ?';
  const params = guildId === null ? [userId] : [userId, guildId];
  rows += await tx.run(`DELETE FROM memories WHERE owner_id = ?${inGuild}`, params);
  const owned = `SELECT thread_id FROM threads WHERE owner_id = ?${inGuild}`;
  rows += await deleteTurns(tx, `thread_id IN (${owned})`, params);
  rows += await deleteEpisodes(tx, `thread_id IN (${owned})`, params);
  await tx.run(`DELETE FROM turn_receipts WHERE thread_id IN (${owned})`, params);
  return rows + (await tx.run(`DELETE FROM threads WHERE owner_id = ?${inGuild}`, params));
};

/** Everything that is remembered in a guild. @returns rows deleted */
export const purgeMemoryOf = async (tx: DbStatements, guildId: string): Promise<number> => {
  const threads = 'thread_id IN (SELECT thread_id FROM threads WHERE guild_id = ?)';
  let rows = await deleteTurns(tx, threads, [guildId]);
  rows += await deleteEpisodes(tx, threads, [guildId]);
  rows += await tx.run(`DELETE FROM turn_receipts WHERE ${threads}`, [guildId]);
  rows += await tx.run('DELETE FROM memories WHERE guild_id = ?', [guildId]);
  return rows + (await tx.run('DELETE FROM threads WHERE guild_id = ?', [guildId]));
};
