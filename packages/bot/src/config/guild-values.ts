import { guildFields, shownValue, valueFromText } from './fields.ts';
import { type GuildSettings, type GuildSettingsPatch, guildSettingsSchema } from './guild-settings.ts';
import { nearest } from './nearest.ts';
import { SettingsError, type SettingsProblem } from './settings-error.ts';

const shape = guildSettingsSchema.shape;

/** Whether a guild has a setting of this name. */
export const isGuildSetting = (key: string): key is keyof GuildSettings => Object.hasOwn(shape, key);

const unknownKey = (key: string): SettingsProblem => ({
  code: 'unknown_key',
  path: key,
  source: 'guild',
  value: null,
  allowed: null,
  nearest: nearest(
    key,
    guildFields.map(({ path }) => path),
  ),
});

/** Every problem of a patch, each with what is allowed and, of an unknown name, the nearest known one. */
export const guildPatchProblems = (patch: GuildSettingsPatch): SettingsProblem[] => {
  const problems: SettingsProblem[] = [];
  for (const [key, value] of Object.entries(patch)) {
    if (!isGuildSetting(key)) problems.push(unknownKey(key));
    else if (value !== null && value !== undefined && !shape[key].safeParse(value).success) {
      const field = guildFields.find(({ path }) => path === key);
      problems.push({
        code: 'invalid_value',
        path: key,
        source: 'guild',
        value: shownValue(field, value),
        allowed: field?.allowed ?? null,
        nearest: null,
      });
    }
  }
  return problems;
};

/** A channel, role or person as Discord's clients write them into a message. */
const mention = /<(?:#|@&|@!?)(\d{17,20})>/g;

/**
 * What somebody types as a patch: `default` takes the value back to the installation's, lists are comma-separated, channels and roles
 * may be mentioned. @throws SettingsError naming what is allowed, or the nearest name.
 */
export const guildPatchFromText = (key: string, text: string): GuildSettingsPatch => {
  const field = guildFields.find(({ path }) => path.toLowerCase() === key.trim().toLowerCase());
  if (field === undefined) throw new SettingsError([unknownKey(key)]);
  const value = text.trim() === 'default' ? null : valueFromText(field, text.replaceAll(mention, '$1'));
  const patch: GuildSettingsPatch = { [field.path]: value };
  const problems = guildPatchProblems(patch);
  if (problems.length > 0) throw new SettingsError(problems);
  return patch;
};

/** What a stored value counts as that cannot be read. */
const whenUnreadable = (key: string): { readonly value: unknown } | null =>
  key === 'memoryMode' ? { value: 'incognito' } : null;

/** A value as the store keeps it; null when this version does not know or refuses it. A mode of the memory is incognito then. */
export const readGuildValue = (key: string, stored: string): { readonly value: unknown } | null => {
  if (!isGuildSetting(key)) return null;
  try {
    const parsed = shape[key].safeParse(JSON.parse(stored));
    return parsed.success ? { value: parsed.data } : whenUnreadable(key);
  } catch {
    return whenUnreadable(key);
  }
};
