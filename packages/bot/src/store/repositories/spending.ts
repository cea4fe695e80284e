import { number, text, textOrNull, whole } from '../columns.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const insert = `INSERT INTO spending (at, guild_id, session_id, user_id, role, model, usd) VALUES (?, ?, ?, ?, ?, ?, ?)`;

/** The agent's expenses; what is older than the longest window of a limit is of use to nobody. */
export const spendingRepository = ({ batch, read }: RepositoryContext): Store['spending'] => ({
  spent: ({ at, guildId, sessionId, userId, role, model, usd }) => {
    batch.push({ sql: insert, params: [whole(at), guildId, sessionId, userId, role, model, usd] });
  },
  since: async (sinceMs) =>
    await read(async (db) => {
      await db.run('DELETE FROM spending WHERE at < ?', [whole(sinceMs)]);
      const rows = await db.all('SELECT * FROM spending ORDER BY at', []);
      return rows.map((row) => ({
        at: number(row, 'at'),
        guildId: text(row, 'guild_id'),
        sessionId: text(row, 'session_id'),
        userId: textOrNull(row, 'user_id'),
        role: text(row, 'role'),
        model: text(row, 'model'),
        usd: number(row, 'usd'),
      }));
    }),
});
