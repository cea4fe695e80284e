import { number, text, whole } from '../columns.ts';
import type { SqlRow } from '../db.ts';
import type { SignInRow } from '../rows.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const toRow = (row: SqlRow): SignInRow => ({
  hash: text(row, 'hash'),
  userId: text(row, 'user_id'),
  csrf: text(row, 'csrf'),
  createdAt: number(row, 'created_at'),
  expiresAt: number(row, 'expires_at'),
});

export const signInRepository = ({ db }: RepositoryContext): Store['signIns'] => ({
  linkMade: async ({ hash, userId, target, createdAt, expiresAt }) => {
    await db.transaction(async (tx) => {
      await tx.run('DELETE FROM sign_in_links WHERE user_id = ?', [userId]);
      await tx.run('INSERT INTO sign_in_links (hash, user_id, target, created_at, expires_at) VALUES (?, ?, ?, ?, ?)', [
        ...[hash, userId, target],
        ...[whole(createdAt), whole(expiresAt)],
      ]);
    });
  },
  linkSeen: async (hash, now) => {
    const sql = 'SELECT user_id, target FROM sign_in_links WHERE hash = ? AND expires_at > ?';
    const row = await db.get(sql, [hash, whole(now)]);
    return row === undefined ? null : { userId: text(row, 'user_id'), target: text(row, 'target') };
  },
  linkUsed: async (hash, now) =>
    await db.transaction(async (tx) => {
      const row = await tx.get('SELECT user_id, target, expires_at FROM sign_in_links WHERE hash = ?', [hash]);
      if (row === undefined) return null;
      await tx.run('DELETE FROM sign_in_links WHERE hash = ?', [hash]);
      return number(row, 'expires_at') <= now ? null : { userId: text(row, 'user_id'), target: text(row, 'target') };
    }),
  begun: async ({ hash, userId, csrf, createdAt, expiresAt }) => {
    await db.run('INSERT INTO sign_ins (hash, user_id, csrf, created_at, expires_at) VALUES (?, ?, ?, ?, ?)', [
      ...[hash, userId, csrf],
      ...[whole(createdAt), whole(expiresAt)],
    ]);
  },
  get: async (hash, now) => {
    const row = await db.get('SELECT * FROM sign_ins WHERE hash = ? AND expires_at > ?', [hash, whole(now)]);
    return row === undefined ? null : toRow(row);
  },
  prolonged: async (hash, expiresAt) => {
    await db.run('UPDATE sign_ins SET expires_at = ? WHERE hash = ?', [whole(expiresAt), hash]);
  },
  ended: async (hash) => {
    await db.run('DELETE FROM sign_ins WHERE hash = ?', [hash]);
  },
  endedAll: async (userId) => {
    await db.run('DELETE FROM sign_in_links WHERE user_id = ?', [userId]);
    return await db.run('DELETE FROM sign_ins WHERE user_id = ?', [userId]);
  },
  sweep: async (now) => {
    const links = await db.run('DELETE FROM sign_in_links WHERE expires_at <= ?', [whole(now)]);
    return links + (await db.run('DELETE FROM sign_ins WHERE expires_at <= ?', [whole(now)]));
  },
});
