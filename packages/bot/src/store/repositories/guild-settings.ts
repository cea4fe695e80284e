import { type GuildSettings, type GuildSettingsPatch, guildSettingsSchema } from '../../config/guild-settings.ts';
import { SettingsError, type SettingsProblem } from '../../config/settings-error.ts';
import { text } from '../columns.ts';
import type { DbStatements, SqlRow } from '../db.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const select = 'SELECT key, value FROM settings WHERE guild_id = ?';
const upsert = `INSERT INTO settings (guild_id, key, value, at) VALUES (?, ?, ?, ?)
ON CONFLICT (guild_id, key) DO UPDATE SET value = excluded.value, at = excluded.at`;
const remove = 'DELETE FROM settings WHERE guild_id = ? AND key = ?';

const shape = guildSettingsSchema.shape;
const isKey = (key: string): key is keyof GuildSettings => Object.hasOwn(shape, key);

/** Every problem of a patch, each with what is allowed. */
const problemsOf = (patch: GuildSettingsPatch): SettingsProblem[] => {
  const problems: SettingsProblem[] = [];
  for (const [key, value] of Object.entries(patch)) {
    if (!isKey(key)) {
      problems.push({ code: 'unknown_key', path: key, source: 'guild', value: null, allowed: null, nearest: null });
      continue;
    }
    if (value === null || value === undefined) continue;
    const parsed = shape[key].safeParse(value);
    if (parsed.success) continue;
    problems.push({
      code: 'invalid_value',
      path: key,
      source: 'guild',
      value: JSON.stringify(value) ?? String(value),
      allowed: parsed.error.issues.map(({ message }) => message).join('; '),
      nearest: null,
    });
  }
  return problems;
};

export const guildSettingsRepository = (
  { db, clock, logger }: RepositoryContext,
  defaults: GuildSettings,
): Store['guildSettings'] => {
  /** A stored value that this version refuses is passed over and named: one bad row must not silence a guild. */
  const merged = (rows: readonly SqlRow[]): GuildSettings => {
    const own: Record<string, unknown> = {};
    for (const row of rows) {
      const key = text(row, 'key');
      const value = isKey(key) ? readValue(key, text(row, 'value')) : null;
      if (value === null) logger.warn({ key }, 'stored guild setting not usable');
      else own[key] = value.value;
    }
    return guildSettingsSchema.parse({ ...defaults, ...own });
  };
  const read = async (statements: DbStatements, guildId: string): Promise<GuildSettings> =>
    merged(await statements.all(select, [guildId]));
  return {
    get: (guildId) => read(db, guildId),
    set: async (guildId, patch) => {
      const problems = problemsOf(patch);
      if (problems.length > 0) throw new SettingsError(problems);
      return db.transaction(async (tx) => {
        for (const [key, value] of Object.entries(patch)) {
          if (value === null) await tx.run(remove, [guildId, key]);
          else if (value !== undefined)
            await tx.run(upsert, [guildId, key, JSON.stringify(value), Math.round(clock.now())]);
        }
        return read(tx, guildId);
      });
    },
  };
};

const readValue = (key: keyof GuildSettings, stored: string): { readonly value: unknown } | null => {
  try {
    const parsed = shape[key].safeParse(JSON.parse(stored));
    return parsed.success ? { value: parsed.data } : null;
  } catch {
    return null;
  }
};
