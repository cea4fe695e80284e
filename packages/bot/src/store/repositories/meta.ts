import { text } from '../columns.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

export const metaRepository = ({ db }: RepositoryContext): Store['meta'] => ({
  get: async (key) => {
    const row = await db.get('SELECT value FROM meta WHERE key = ?', [key]);
    return row === undefined ? null : text(row, 'value');
  },
  set: async (key, value) => {
    await db.run('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', [
      key,
      value,
    ]);
  },
});
