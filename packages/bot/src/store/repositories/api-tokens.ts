import { number, numberOrNull, text, whole } from '../columns.ts';
import type { SqlRow } from '../db.ts';
import type { ApiTokenRow } from '../rows.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const toRow = (row: SqlRow): ApiTokenRow => ({
  hash: text(row, 'hash'),
  name: text(row, 'name'),
  guildId: text(row, 'guild_id'),
  createdAt: number(row, 'created_at'),
  lastUsedAt: numberOrNull(row, 'last_used_at'),
});

export const apiTokenRepository = ({ db, batch }: RepositoryContext): Store['apiTokens'] => ({
  add: async ({ hash, name, guildId, createdAt }) => {
    const rows = await db.run(
      'INSERT INTO api_tokens (hash, name, guild_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING',
      [hash, name, guildId, whole(createdAt)],
    );
    return rows > 0;
  },
  get: async (hash) => {
    const row = await db.get('SELECT * FROM api_tokens WHERE hash = ?', [hash]);
    return row === undefined ? null : toRow(row);
  },
  all: async () => (await db.all('SELECT * FROM api_tokens ORDER BY name')).map(toRow),
  used: (hash, at) =>
    batch.push({ sql: 'UPDATE api_tokens SET last_used_at = ? WHERE hash = ?', params: [whole(at), hash] }),
  removed: async (name) => (await db.run('DELETE FROM api_tokens WHERE name = ?', [name])) > 0,
});
