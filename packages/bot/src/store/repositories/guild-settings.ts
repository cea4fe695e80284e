import { type GuildSettings, guildSettingsSchema } from '../../config/guild-settings.ts';
import { guildPatchProblems, readGuildValue } from '../../config/guild-values.ts';
import { SettingsError } from '../../config/settings-error.ts';
import { text } from '../columns.ts';
import type { DbStatements, SqlRow } from '../db.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const select = 'SELECT key, value FROM settings WHERE guild_id = ?';
const upsert = `INSERT INTO settings (guild_id, key, value, at) VALUES (?, ?, ?, ?)
ON CONFLICT (guild_id, key) DO UPDATE SET value = excluded.value, at = excluded.at`;
const remove = 'DELETE FROM settings WHERE guild_id = ? AND key = ?';

export const guildSettingsRepository = (
  { db, clock, logger }: RepositoryContext,
  defaults: GuildSettings,
): Store['guildSettings'] => {
  const listeners = new Set<(guildId: string, settings: GuildSettings) => void>();
  /** A stored value that this version refuses is passed over and named: one bad row must not silence a guild. */
  const usable = (rows: readonly SqlRow[]): Partial<GuildSettings> => {
    const own: Record<string, unknown> = {};
    for (const row of rows) {
      const key = text(row, 'key');
      const value = readGuildValue(key, text(row, 'value'));
      if (value === null) logger.warn({ key }, 'stored guild setting not usable');
      else own[key] = value.value;
    }
    return own;
  };
  const own = async (statements: DbStatements, guildId: string): Promise<Partial<GuildSettings>> =>
    usable(await statements.all(select, [guildId]));
  const read = async (statements: DbStatements, guildId: string): Promise<GuildSettings> =>
    guildSettingsSchema.parse({ ...defaults, ...(await own(statements, guildId)) });
  return {
    get: (guildId) => read(db, guildId),
    own: (guildId) => own(db, guildId),
    set: async (guildId, patch) => {
      const problems = guildPatchProblems(patch);
      if (problems.length > 0) throw new SettingsError(problems);
      const settings = await db.transaction(async (tx) => {
        for (const [key, value] of Object.entries(patch)) {
          if (value === null) await tx.run(remove, [guildId, key]);
          else if (value !== undefined)
            await tx.run(upsert, [guildId, key, JSON.stringify(value), Math.round(clock.now())]);
        }
        return read(tx, guildId);
      });
      for (const listener of listeners) listener(guildId, settings);
      return settings;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
};
