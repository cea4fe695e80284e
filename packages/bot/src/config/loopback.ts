import type { SettingsProblem } from './settings-error.ts';
import type { Settings } from './settings-schema.ts';

/** Whether a host name means this machine: `localhost`, 127.0.0.0/8 or ::1, as the URL parser writes them. */
export const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);

const refused = (path: string, value: string, source: string, allowed: string): SettingsProblem => ({
  code: 'refused',
  path,
  source,
  value,
  allowed,
  nearest: null,
});

/**
 * The other Discord is a simulator on this machine or nothing: the bot's token goes to whatever `apiBase` says, and an extra
 * authority may vouch for any host. Problems found; none when neither is set.
 */
export const checkDiscordEndpoints = (
  discord: Settings['discord'],
  sources: Readonly<Record<string, string>>,
): SettingsProblem[] => {
  const { apiBase, extraCaFile } = discord;
  const sourceOf = (path: string): string => sources[path] ?? 'default';
  if (apiBase === undefined)
    return extraCaFile === undefined
      ? []
      : [
          refused(
            'discord.extraCaFile',
            extraCaFile,
            sourceOf('discord.extraCaFile'),
            'it is honoured only together with a DISCORD_API_BASE on this machine',
          ),
        ];
  const url = URL.canParse(apiBase) ? new URL(apiBase) : null;
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && isLoopbackHost(url.hostname) && isBare(url))
    return [];
  return [
    refused(
      'discord.apiBase',
      url === null || url.password === '' ? apiBase : '********',
      sourceOf('discord.apiBase'),
      'the bot’s token is sent there, so it must be a plain http(s) URL of this machine (localhost, 127.0.0.1, [::1])',
    ),
  ];
};

const isBare = (url: URL): boolean =>
  url.username === '' && url.password === '' && url.search === '' && url.hash === '';
