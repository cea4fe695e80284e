import {
  type APISoundboardSound,
  type Client,
  PermissionFlagsBits,
  type RESTGetAPIGuildSoundboardSoundsResult,
  type RESTGetAPISoundboardDefaultSoundsResult,
  Routes,
} from 'discord.js';
import type { Sound, SoundboardPort } from '../agent/soundboard/soundboard-port.ts';

/** Soundboards of a discord.js client that is logged in (Discord's documentation: "Soundboard Resource"). */
export const createSoundboardPort = (client: Client<true>): SoundboardPort => ({
  ofGuild: async (guildId) => {
    const { items } = (await client.rest.get(
      Routes.guildSoundboardSounds(guildId),
    )) as RESTGetAPIGuildSoundboardSoundsResult;
    return items.filter(({ available }) => available).map(soundOf(guildId));
  },
  defaults: async () => {
    const sounds = (await client.rest.get(Routes.soundboardDefaultSounds())) as RESTGetAPISoundboardDefaultSoundsResult;
    return sounds.map(soundOf(null));
  },
  rights: (guildId, channelId) => {
    const guild = client.guilds.cache.get(guildId);
    if (!guild) return 'guild_missing';
    const channel = guild.channels.cache.get(channelId);
    if (!channel?.isVoiceBased()) return 'channel_missing';
    const { me } = guild.members;
    if (!me) return 'bot_member_missing';
    const here = channel.permissionsFor(me);
    const { voice } = me;
    return {
      speak: here.has(PermissionFlagsBits.Speak),
      useSoundboard: here.has(PermissionFlagsBits.UseSoundboard),
      useExternalSounds: here.has(PermissionFlagsBits.UseExternalSounds),
      inChannelId: voice.channelId,
      mutedOrDeaf: voice.mute === true || voice.deaf === true || voice.suppress === true,
    };
  },
  play: async (channelId, { id, guildId }) => {
    const body = { sound_id: id, ...(guildId === null ? {} : { source_guild_id: guildId }) };
    await client.rest.post(Routes.sendSoundboardSound(channelId), { body });
  },
});

const soundOf =
  (guildId: string | null) =>
  ({ sound_id, name }: APISoundboardSound): Sound => ({ id: sound_id, name, guildId });
