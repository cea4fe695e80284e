import type { DiscordGatewayAdapterLibraryMethods } from '@discordjs/voice';

export type VoiceStateData = Parameters<DiscordGatewayAdapterLibraryMethods['onVoiceStateUpdate']>[0];
export type VoiceServerData = Parameters<DiscordGatewayAdapterLibraryMethods['onVoiceServerUpdate']>[0];

/** Whose gateway data is meant: the bot in one guild. */
export interface Whose {
  readonly guildId: string;
  readonly userId: string;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;

/** Reads a VOICE_STATE_UPDATE of the bot in this guild; null when it is another's or not one (Discord gateway documentation). */
export const ownVoiceState = (data: Record<string, unknown>, { guildId, userId }: Whose): VoiceStateData | null => {
  const { guild_id, user_id, channel_id, session_id } = data;
  if (guild_id !== guildId || user_id !== userId || !isText(session_id)) return null;
  return channel_id === null || isText(channel_id) ? (data as unknown as VoiceStateData) : null;
};

/** Reads a VOICE_SERVER_UPDATE of this guild. `endpoint` is null while Discord looks for another server. */
export const guildVoiceServer = (data: Record<string, unknown>, { guildId }: Whose): VoiceServerData | null => {
  const { guild_id, token, endpoint } = data;
  if (guild_id !== guildId || !isText(token)) return null;
  return endpoint === null || isText(endpoint) ? (data as unknown as VoiceServerData) : null;
};
