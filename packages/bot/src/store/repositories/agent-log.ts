import { number, text, textOrNull, whole } from '../columns.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const insert = 'INSERT INTO agent_log (at, guild_id, session_id, user_id, kind, data) VALUES (?, ?, ?, ?, ?, ?)';
/** Rows that one question gets at most. */
const most = 5000;

/** What the agents decided, by session and time. */
export const agentLogRepository = ({ batch, read }: RepositoryContext): Store['agentLog'] => ({
  add: ({ at, guildId, sessionId, userId, kind, data }) => {
    batch.push({ sql: insert, params: [whole(at), guildId, sessionId, userId, kind, JSON.stringify(data)] });
  },
  between: async (sessionId, fromMs, toMs) =>
    await read(async (db) => {
      const sql = `SELECT * FROM agent_log WHERE session_id = ? AND at BETWEEN ? AND ? ORDER BY at, id LIMIT ${most}`;
      const rows = await db.all(sql, [sessionId, whole(fromMs), whole(toMs)]);
      return rows.map((row) => ({
        at: number(row, 'at'),
        guildId: text(row, 'guild_id'),
        sessionId: text(row, 'session_id'),
        userId: textOrNull(row, 'user_id'),
        kind: text(row, 'kind'),
        data: JSON.parse(text(row, 'data')) as unknown,
      }));
    }),
  forgetBefore: async (beforeMs) => await read((db) => db.run('DELETE FROM agent_log WHERE at < ?', [whole(beforeMs)])),
});
