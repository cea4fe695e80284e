import type { SettingsProblem } from './settings-error.ts';
import type { Settings } from './settings-schema.ts';

/** A client secret without what it is of use with was meant to switch something on that stays off. Problems found. */
export const checkDiscordSignIn = (
  { discord, publicUrl }: Pick<Settings, 'discord' | 'publicUrl'>,
  sources: Readonly<Record<string, string>>,
): SettingsProblem[] => {
  const { clientId, clientSecret } = discord;
  if (clientSecret === undefined || (clientId !== undefined && publicUrl !== undefined)) return [];
  const path = 'discord.clientSecret';
  const allowed = 'it is of use only together with DISCORD_CLIENT_ID and PARLEY_PUBLIC_URL';
  return [{ code: 'refused', path, source: sources[path] ?? 'default', value: '********', allowed, nearest: null }];
};
