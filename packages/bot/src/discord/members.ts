import type { Client, Guild, GuildMember, VoiceState } from 'discord.js';
import { PermissionFlagsBits } from 'discord.js';
import type { Person } from '../policy/who-may.ts';
import type { VoicePerson } from '../session/discord-port.ts';

/** A voice state as a person; `bot: null` while the member is not in the cache. */
export const voicePersonOf = (state: VoiceState): VoicePerson => {
  const { member, client } = state;
  const user = member?.user ?? client.users.cache.get(state.id) ?? null;
  return {
    userId: state.id,
    username: user?.username ?? state.id,
    displayName: member?.displayName ?? user?.displayName ?? state.id,
    bot: user?.bot ?? null,
    muted: (state.mute ?? false) || (state.selfMute ?? false) || (state.serverMute ?? false),
    streaming: state.streaming ?? false,
    roleIds: member ? roleIdsOf(member) : [],
  };
};

/** Everybody in a voice channel but this bot. */
export const peopleIn = (guild: Guild, channelId: string): VoicePerson[] =>
  [...guild.voiceStates.cache.values()]
    .filter((state) => state.channelId === channelId && state.id !== guild.client.user.id)
    .map(voicePersonOf);

/** A member who asks for something. */
export const requesterOf = (member: GuildMember): Person => ({
  id: member.id,
  roleIds: roleIdsOf(member),
  canManageGuild: member.permissions.has(PermissionFlagsBits.ManageGuild),
  voiceChannelId: member.voice.channelId,
});

/** A member with the bot flag settled: from the cache unless `fresh`, else fetched (no privileged intent is needed for one member). */
export const fetchPerson = async (
  client: Client<true>,
  guildId: string,
  userId: string,
  { fresh } = { fresh: false },
): Promise<VoicePerson> => {
  const guild = client.guilds.cache.get(guildId);
  if (!guild) throw new Error('the guild is not known');
  const cached = fresh ? undefined : guild.members.cache.get(userId);
  const member = cached ?? (await guild.members.fetch({ user: userId, force: fresh }));
  return {
    userId,
    username: member.user.username,
    displayName: member.displayName,
    bot: member.user.bot,
    muted: (member.voice.mute ?? false) || (member.voice.selfMute ?? false),
    streaming: member.voice.streaming ?? false,
    roleIds: roleIdsOf(member),
  };
};

const roleIdsOf = (member: GuildMember): string[] => [...member.roles.cache.keys()];
