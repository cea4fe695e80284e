import { isAbsolute, resolve } from 'node:path';
import { checkDiscordSignIn } from './discord-sign-in.ts';
import { settingsFields, shownValue, valueAt } from './fields.ts';
import { checkDiscordEndpoints } from './loopback.ts';
import { failClosed } from './memory-settings.ts';
import { SettingsError, type SettingsProblem } from './settings-error.ts';
import { type Settings, settingsSchema } from './settings-schema.ts';
import { fromConfigFile, fromEnvFile, fromEnvironment } from './sources.ts';
import { checkWebhook } from './webhook-settings.ts';

export interface LoadedSettings {
  readonly settings: Settings;
  /** For each path where its value came from: `default`, `parley.config.json`, `.env` or `environment`. */
  readonly sources: Record<string, string>;
}

/**
 * The settings of this installation: defaults < `parley.config.json` < `.env` < environment, the files in `cwd`. Folders and files
 * become absolute, seen from `cwd`. Throws `SettingsError` with every problem at once.
 */
export const loadSettings = ({
  env,
  cwd,
}: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}): LoadedSettings => {
  const found = [fromConfigFile(cwd), fromEnvFile(cwd), fromEnvironment(env, 'environment')];
  const problems: SettingsProblem[] = found.flatMap((source) => source.problems);
  const sources: Record<string, string> = {};
  const input: Record<string, unknown> = {};
  for (const { path } of settingsFields) {
    const last = found.findLast((source) => source.values.has(path));
    sources[path] = last?.source ?? 'default';
    if (last !== undefined) setPath(input, path, last.values.get(path));
  }

  if (failClosed(input)) sources.memoryMode = `${sources.memoryMode} (no such mode: it counts as incognito)`;
  const parsed = settingsSchema.safeParse(input);
  if (!parsed.success) problems.push(...valueProblems(parsed.error.issues, input, sources));
  else
    problems.push(
      ...checkDiscordEndpoints(parsed.data.discord, sources),
      ...checkDiscordSignIn(parsed.data, sources),
      ...checkWebhook(parsed.data.webhook, sources),
    );
  if (problems.length > 0 || !parsed.success) throw new SettingsError(problems);
  return { settings: anchored(parsed.data, cwd), sources };
};

const setPath = (target: Record<string, unknown>, path: string, value: unknown): void => {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) target[head] = value;
  else {
    const group = (target[head] ?? {}) as Record<string, unknown>;
    target[head] = group;
    setPath(group, rest.join('.'), value);
  }
};

/** One problem per setting, however many of its items are wrong. */
const valueProblems = (
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  input: unknown,
  sources: Readonly<Record<string, string>>,
): SettingsProblem[] => {
  const wrong = new Map<string, SettingsProblem>();
  for (const issue of issues) {
    const issuePath = issue.path.join('.');
    const field = settingsFields.find(({ path }) => issuePath === path || issuePath.startsWith(`${path}.`));
    const path = field?.path ?? issuePath;
    if (wrong.has(path)) continue;
    wrong.set(path, {
      code: 'invalid_value',
      path,
      source: sources[path] ?? 'default',
      value: shownValue(field, valueAt(input, path)),
      allowed: field?.allowed ?? issue.message,
      nearest: null,
    });
  }
  return [...wrong.values()];
};

const anchored = (settings: Settings, cwd: string): Settings => ({
  ...settings,
  discord: {
    ...settings.discord,
    ...(settings.discord.apiBase === undefined ? {} : { apiBase: settings.discord.apiBase.replace(/\/+$/, '') }),
    ...(settings.discord.extraCaFile === undefined ? {} : { extraCaFile: resolve(cwd, settings.discord.extraCaFile) }),
  },
  recordingsDir: resolve(cwd, settings.recordingsDir),
  dataDir: resolve(cwd, settings.dataDir),
  ...(settings.logFile === undefined ? {} : { logFile: resolve(cwd, settings.logFile) }),
  ...(settings.ffmpegPath === undefined ? {} : { ffmpegPath: programPath(settings.ffmpegPath, cwd) }),
  ...(settings.music.folder === undefined
    ? {}
    : { music: { ...settings.music, folder: resolve(cwd, settings.music.folder) } }),
  ...(settings.publicUrl === undefined ? {} : { publicUrl: settings.publicUrl.replace(/\/+$/, '') }),
});

/** A bare name is looked up on PATH; anything with a slash is a file. */
const programPath = (program: string, cwd: string): string =>
  isAbsolute(program) || !program.includes('/') ? program : resolve(cwd, program);
