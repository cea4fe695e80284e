import type { Settings } from '../../config/settings-schema.ts';
import type { TranscriptHit, VisibleQuery } from '../../store/index.ts';
import type { CommandServices, Invocation } from './command.ts';

/** What of a guild's recordings somebody may see: all of them with Manage Server, else those that concern them. */
export const scopeOf = (
  { guildId, userId }: Pick<Invocation, 'guildId' | 'userId'>,
  { discord }: Pick<CommandServices, 'discord'>,
): Pick<VisibleQuery, 'userId' | 'wholeGuilds' | 'guildId'> => ({
  ...{ userId, guildId },
  wholeGuilds: discord.requester(guildId, userId)?.canManageGuild === true ? [guildId] : [],
});

/** A recording's page, at a place; null: Parley has no public address, or serves no pages. */
export const pageAt = (
  { publicUrl, http }: Pick<Settings, 'publicUrl' | 'http'>,
  recordingSessionId: string,
  atMs: number | null = null,
): string | null => {
  if (publicUrl === undefined || !http.pages) return null;
  const url = new URL(`/s/${recordingSessionId}`, publicUrl);
  if (atMs !== null) url.searchParams.set('t', String(Math.floor(atMs / 1000)));
  return url.href;
};

/** Where something was said, for a message. */
export const spokenPlace = (
  { recordingSessionId, channelId, startTime, userId, fromMs }: TranscriptHit,
  settings: Pick<Settings, 'publicUrl' | 'http'>,
) => ({
  ...{ recordingSessionId, channelId, startTime, userId, atMs: fromMs },
  link: pageAt(settings, recordingSessionId, fromMs),
});
