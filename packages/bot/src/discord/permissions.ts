import { type GuildMember, PermissionFlagsBits, type VoiceBasedChannel } from 'discord.js';
import type { BotPermissions } from '../policy/join-context.ts';

/** Set Voice Channel Status (Discord's permission list, bit 48). */
const setVoiceChannelStatus = 1n << 48n;

/** What the bot may do in a voice channel, by Discord's rules: owner, administrator, roles and overwrites. null: no member known. */
export const botPermissionsIn = (channel: VoiceBasedChannel, me: GuildMember | null): BotPermissions | null => {
  if (!me) return null;
  const here = channel.permissionsFor(me);
  const has = (bit: bigint): boolean => here.has(bit);
  return {
    view: has(PermissionFlagsBits.ViewChannel),
    connect: has(PermissionFlagsBits.Connect),
    speak: has(PermissionFlagsBits.Speak),
    moveMembers: has(PermissionFlagsBits.MoveMembers),
    // The nickname is the guild's matter: no channel overwrite touches it.
    changeNickname: me.permissions.has(PermissionFlagsBits.ChangeNickname),
    setVoiceStatus: has(setVoiceChannelStatus),
  };
};
