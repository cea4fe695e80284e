import { guildFields, guildPatchFromText, settingsFields, shownValue } from '../../config/index.ts';
import { SettingsError } from '../../config/settings-error.ts';
import type { UserMessage } from '../../notify/index.ts';
import { type CommandServices, defineCommand } from './command.ts';

export const settings = defineCommand({
  name: 'settings',
  says: 'show or change the settings of this server',
  options: {
    action: { kind: 'choice', says: 'show (default), set, or reset', choices: ['show', 'set', 'reset'] },
    key: { kind: 'word', says: 'which setting', maxLength: 64 },
    value: {
      kind: 'text',
      says: 'its new value; lists with commas, channels and roles may be mentioned',
      maxLength: 4000,
    },
  },
  suggest: {
    key: ({ typed }) =>
      guildFields.map(({ path }) => path).filter((path) => path.toLowerCase().includes(typed.toLowerCase())),
  },
  may: 'manage_server',
  run: async ({ guildId, args: { action, key, value } }, services) => {
    if (key === null) return await show(guildId, services);
    if (action === 'reset') return await change(guildId, key, 'default', services);
    if (value === null) return await show(guildId, services, key);
    return await change(guildId, key, value, services);
  },
});

const show = async (
  guildId: string,
  { store, settings: { prefix } }: CommandServices,
  only?: string,
): Promise<UserMessage> => {
  const [values, own] = await Promise.all([store.guildSettings.get(guildId), store.guildSettings.own(guildId)]);
  const fields = guildFields.filter(({ path }) => only === undefined || path.toLowerCase() === only.toLowerCase());
  if (fields.length === 0) return await refused(only ?? '', () => guildPatchFromText(only ?? '', ''), prefix);
  return {
    kind: 'settings_shown',
    details: {
      prefix,
      settings: fields.map((field) => ({
        key: field.path,
        value: readable(field, Reflect.get(values, field.path)),
        isOwn: Object.hasOwn(own, field.path),
      })),
    },
  };
};

const change = async (
  guildId: string,
  key: string,
  text: string,
  { store, logger, settings: { prefix } }: CommandServices,
): Promise<UserMessage> =>
  await refused(
    key,
    async () => {
      const patch = guildPatchFromText(key, text);
      const stored = await store.guildSettings.set(guildId, patch);
      const [path = key, value] = Object.entries(patch)[0] ?? [];
      const field = guildFields.find((one) => one.path === path);
      logger.info({ guildId, key: path }, 'a setting was changed');
      return {
        kind: 'setting_stored',
        details: { key: path, value: readable(field, Reflect.get(stored, path)), isOwn: value !== null },
      };
    },
    prefix,
  );

/** What `act` answers, or what is wrong with the setting. @throws what is not the person's matter. */
const refused = async (key: string, act: () => unknown, prefix: string): Promise<UserMessage> => {
  try {
    return (await act()) as UserMessage;
  } catch (error) {
    const problem = error instanceof SettingsError ? error.problems[0] : undefined;
    if (problem?.code !== 'unknown_key' && problem?.code !== 'invalid_value') throw error;
    const { code, allowed, nearest } = problem;
    const details = { key, allowed, nearest, prefix, env: null };
    const ofInstallation = code === 'unknown_key' ? installationField(key) : undefined;
    if (!ofInstallation) return { kind: 'setting_refused', details: { ...details, problem: code } };
    const { path, env } = ofInstallation;
    return { kind: 'setting_refused', details: { ...details, problem: 'of_installation', key: path, env } };
  }
};

/** A setting that no server has for itself. */
const installationField = (key: string) => {
  const typed = key.trim().toLowerCase();
  const own = new Set(guildFields.map(({ path }) => path));
  return settingsFields.find(
    ({ path, env }) => !own.has(path) && (path.toLowerCase() === typed || env.toLowerCase() === typed),
  );
};

const readable = (field: Parameters<typeof shownValue>[0], value: unknown): string => {
  if (value === null || value === undefined) return 'not set';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return shownValue(field, value);
};
