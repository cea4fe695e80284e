import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Field, settingsFields, shownValue, valueFromText } from './fields.ts';
import { nearest } from './nearest.ts';
import type { SettingsProblem } from './settings-error.ts';

export const configFileName = 'parley.config.json';

/** Values found in one source, by path. */
export interface SourceValues {
  readonly source: string;
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly SettingsProblem[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** Names that begin like settings and belong to the tests, the demonstration and the tools. */
const foreignNames = /^PARLEY_(?:REQUIRE_JUDGES|(?:TEST|DEMO|SIM|BENCH|CI)(?:_\w*)?)$/;

/** A vendor's name for a key may stand for several settings. */
const byEnv: ReadonlyMap<string, readonly Field[]> = Map.groupBy(settingsFields, ({ env }) => env);
const byPath: ReadonlyMap<string, Field> = new Map(settingsFields.map((field) => [field.path, field]));

/** The settings in an environment. An empty value counts as not set; an unknown `PARLEY_` name is a problem. */
export const fromEnvironment = (env: Env, source: string): SourceValues => {
  const values = new Map<string, unknown>();
  const problems: SettingsProblem[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || text.trim() === '') continue;
    const fields = byEnv.get(name);
    if (fields !== undefined) for (const field of fields) values.set(field.path, valueFromText(field, text));
    else if (name.startsWith('PARLEY_') && !foreignNames.test(name))
      problems.push({
        code: 'unknown_key',
        path: name,
        source,
        value: null,
        allowed: null,
        nearest: nearest(name, byEnv.keys()),
      });
  }
  return { source, values, problems };
};

/** `.env` in the folder; nothing when there is none. */
export const fromEnvFile = (cwd: string): SourceValues => {
  const read = readText(join(cwd, '.env'), '.env');
  if ('problem' in read) return { source: '.env', values: new Map(), problems: [read.problem] };
  return fromEnvironment(read.text === null ? {} : parseEnv(read.text), '.env');
};

/** `parley.config.json` in the folder; nothing when there is none. Values must be of their kind: no numbers in quotes. */
export const fromConfigFile = (cwd: string): SourceValues => {
  const values = new Map<string, unknown>();
  const problems: SettingsProblem[] = [];
  const done = { source: configFileName, values, problems };
  const read = readText(join(cwd, configFileName), configFileName);
  if ('problem' in read) return { ...done, problems: [read.problem] };
  if (read.text === null) return done;
  let content: unknown;
  try {
    content = JSON.parse(read.text);
  } catch (error) {
    return { ...done, problems: [unreadable(configFileName, error)] };
  }
  if (!isObject(content))
    return { ...done, problems: [unreadable(configFileName, new Error('it must hold an object'))] };
  flatten(content, '', values, problems);
  return done;
};

const flatten = (
  object: Readonly<Record<string, unknown>>,
  above: string,
  values: Map<string, unknown>,
  problems: SettingsProblem[],
): void => {
  for (const [key, value] of Object.entries(object)) {
    const path = above === '' ? key : `${above}.${key}`;
    if (byPath.has(path)) values.set(path, value);
    else if (isGroup(path)) {
      if (isObject(value)) flatten(value, path, values, problems);
      else
        problems.push({
          code: 'invalid_value',
          path,
          source: configFileName,
          value: shownValue(undefined, value),
          allowed: 'an object',
          nearest: null,
        });
    } else if (!(path === '$schema'))
      problems.push({
        code: 'unknown_key',
        path,
        source: configFileName,
        value: null,
        allowed: null,
        nearest: nearest(path, byPath.keys()),
      });
  }
};

const isGroup = (path: string): boolean => settingsFields.some((field) => field.path.startsWith(`${path}.`));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readText = (file: string, source: string): { text: string | null } | { problem: SettingsProblem } => {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { text: null };
    return { problem: unreadable(source, error) };
  }
};

const unreadable = (source: string, error: unknown): SettingsProblem => ({
  code: 'unreadable_file',
  path: source,
  source,
  value: null,
  allowed: error instanceof Error ? error.message : String(error),
  nearest: null,
});
