import type { Logger } from '../../log.ts';
import type { DiscordPort } from '../discord-port.ts';

/**
 * Takes the bot out of every voice channel in which Discord still shows it though no session serves it: after a kill the voice state
 * outlives the process, and people would believe that they are recorded.
 */
export const leaveLeftoverVoice = (
  discord: Pick<DiscordPort, 'ownVoiceChannel' | 'leaveVoice'>,
  isLive: (guildId: string) => boolean,
  guildIds: readonly string[],
  logger: Logger,
): void => {
  for (const guildId of guildIds) {
    const channelId = isLive(guildId) ? null : discord.ownVoiceChannel(guildId);
    if (channelId === null) continue;
    logger.info({ guildId, channelId }, 'left a voice channel nobody serves any more');
    discord.leaveVoice(guildId);
  }
};
