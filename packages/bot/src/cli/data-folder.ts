import { join } from 'node:path';
import { loadSettings, type Settings } from '../config/index.ts';
import type { CliContext } from './command.ts';

/** The installation a command works on. @throws SettingsError */
export const installation = ({ env, cwd }: CliContext): { readonly settings: Settings; readonly database: string } => {
  const { settings } = loadSettings({ env, cwd });
  return { settings, database: join(settings.dataDir, 'parley.db') };
};
