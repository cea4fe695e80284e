import type { GuildSettings } from '../config/guild-settings.ts';
import type { SessionInfo } from './session-services.ts';

/** The text channel a session speaks in, by the settings; where they name none, the one it was called from. Pure. */
export const textChannelFor = (
  { textChannelId, autoJoinPostChannelId }: Pick<GuildSettings, 'textChannelId' | 'autoJoinPostChannelId'>,
  { calledFromChannelId, cameByItself }: Pick<SessionInfo, 'calledFromChannelId' | 'cameByItself'>,
): string => (cameByItself ? autoJoinPostChannelId : null) ?? textChannelId ?? calledFromChannelId;
