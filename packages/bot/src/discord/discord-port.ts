import { type Client, Routes, type VoiceBasedChannel } from 'discord.js';
import type { Rephraser, UserMessage } from '../notify/index.ts';
import type { DiscordPort, GatewayListener, OutgoingFile, VoiceChannelView } from '../session/discord-port.ts';
import type { GatewayBridge } from './gateway-bridge.ts';
import { fetchPerson, peopleIn, requesterOf } from './members.ts';
import { deleteMessage, messageById, postDirectMessage, postMessage, uploadLimitOf } from './messages.ts';
import { botPermissionsIn } from './permissions.ts';

/** What sessions need of Discord, on a discord.js client that is logged in. */
export const createDiscordPort = (client: Client<true>, bridge: GatewayBridge, rephraser: Rephraser): DiscordPort => {
  const guildOf = (guildId: string) => client.guilds.cache.get(guildId) ?? null;
  return {
    botUserId: client.user.id,
    channel: (guildId, channelId) => {
      const channel = guildOf(guildId)?.channels.cache.get(channelId);
      return channel?.isVoiceBased() ? voiceChannelView(channel) : null;
    },
    requester: (guildId, userId) => {
      const member = guildOf(guildId)?.members.cache.get(userId);
      return member ? requesterOf(member) : null;
    },
    resolvePerson: (guildId, userId, how) => fetchPerson(client, guildId, userId, how),
    ownVoiceChannel: (guildId) => guildOf(guildId)?.members.me?.voice.channelId ?? null,
    link: (guildId: string, listener: GatewayListener) => bridge.link(guildId, listener),
    leaveVoice: (guildId) =>
      bridge.send(guildId, { op: 4, d: { guild_id: guildId, channel_id: null, self_mute: false, self_deaf: false } }),
    ownName: (guildId) => {
      const me = guildOf(guildId)?.members.me;
      return me ? { nickname: me.nickname, username: me.user.displayName } : null;
    },
    setNickname: async (guildId, nickname) => {
      const me = guildOf(guildId)?.members.me;
      if (!me) throw new Error('the bot’s own member is not known');
      await me.setNickname(nickname, 'Parley shows whether it records');
    },
    setVoiceStatus: async (channelId, status) => {
      await client.rest.put(`${Routes.channel(channelId)}/voice-status`, { body: { status } });
    },
    post: async (channelId: string, message: UserMessage, files?: readonly OutgoingFile[]) =>
      await postMessage(client, channelId, message, files, await rephraser.text(message)),
    postDirect: (userId: string, message: UserMessage, files?: readonly OutgoingFile[]) =>
      postDirectMessage(client, userId, message, files),
    deleteMessage: (channelId: string, messageId: string) => deleteMessage(client, channelId, messageId),
    sentMessage: (channelId, messageId) => messageById(client, channelId, messageId),
    uploadLimitBytes: (guildId) => uploadLimitOf(guildOf(guildId)?.premiumTier ?? 0),
  };
};

const voiceChannelView = (channel: VoiceBasedChannel): VoiceChannelView => {
  const { guild } = channel;
  return {
    id: channel.id,
    guildId: guild.id,
    name: channel.name,
    isAfk: guild.afkChannelId === channel.id,
    type: channel.type === 13 ? 'stage' : 'voice',
    userLimit: channel.userLimit,
    memberIds: [...guild.voiceStates.cache.values()]
      .filter(({ channelId }) => channelId === channel.id)
      .map(({ id }) => id),
    botPermissions: botPermissionsIn(channel, guild.members.me),
    people: peopleIn(guild, channel.id),
  };
};
