import { number, whole } from '../columns.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const insert = `INSERT INTO actions (kind, guild_id, channel_id, user_id, session_id, message_id, fields, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

export const actionRepository = ({ batch, clock, read }: RepositoryContext): Store['actions'] => ({
  record: (action) => {
    const at = whole(action.at ?? clock.now());
    batch.push({
      sql: insert,
      params: [
        action.kind,
        action.guildId,
        action.channelId ?? null,
        action.userId ?? null,
        action.sessionId ?? null,
        action.messageId ?? null,
        JSON.stringify(action.fields),
        at,
      ],
      tag: { kind: action.kind, guildId: action.guildId, at },
    });
  },
  countSince: async (guildId, kind, sinceMs) =>
    read(async (db) => {
      const row = await db.get('SELECT COUNT(*) AS n FROM actions WHERE kind = ? AND guild_id = ? AND at >= ?', [
        kind,
        guildId,
        whole(sinceMs),
      ]);
      return number(row ?? {}, 'n') + batch.waiting(kind, guildId, sinceMs);
    }),
});
