/** Discord's JSON of the world's things, in the shapes of the API reference. */
import { asArray, isObject, type JsonObject } from '../core/json.ts';
import { CHANNEL_TYPES, type SimChannel } from './channel.ts';
import type { WorldEvent } from './events.ts';
import type { SimGuild } from './guild.ts';
import type { SimMember } from './member.ts';
import type { SimAttachment, SimMessage } from './message.ts';
import type { SimRole } from './role.ts';
import type { SimUser } from './user.ts';
import type { VoiceState } from './voice-state.ts';

export const userPayload = (user: SimUser): JsonObject => ({
  id: user.id,
  username: user.username,
  discriminator: user.bot ? '4242' : '0',
  global_name: user.bot ? null : user.displayName,
  avatar: null,
  bot: user.bot,
  public_flags: 0,
});

export const memberPayload = (member: SimMember): JsonObject => ({
  user: userPayload(member.user),
  nick: member.nickname,
  avatar: null,
  roles: [...member.roleIds],
  joined_at: member.joinedAt,
  premium_since: null,
  deaf: false,
  mute: false,
  flags: 0,
  pending: false,
  communication_disabled_until: null,
});

export const rolePayload = (role: SimRole): JsonObject => ({
  id: role.id,
  name: role.name,
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  position: role.position,
  permissions: String(role.permissions),
  managed: role.botId !== null,
  mentionable: false,
  flags: 0,
  ...(role.botId !== null && { tags: { bot_id: role.botId } }),
});

export const channelPayload = (channel: SimChannel): JsonObject => {
  if (channel.recipient) {
    return {
      id: channel.id,
      type: CHANNEL_TYPES.dm,
      last_message_id: null,
      recipients: [userPayload(channel.recipient)],
    };
  }
  const common = {
    id: channel.id,
    type: CHANNEL_TYPES[channel.kind],
    guild_id: channel.guild?.id,
    name: channel.name,
    position: 0,
    parent_id: null,
    nsfw: false,
    permission_overwrites: [...channel.overwrites.values()].map(({ id, kind, allow, deny }) => ({
      id,
      type: kind === 'role' ? 0 : 1,
      allow: String(allow),
      deny: String(deny),
    })),
    last_message_id: channel.messages.at(-1)?.id ?? null,
    rate_limit_per_user: 0,
  };
  return channel.isVoice
    ? { ...common, bitrate: channel.bitrate, user_limit: channel.userLimit, rtc_region: null, status: channel.status }
    : { ...common, topic: null };
};

export const voiceStatePayload = (state: Omit<VoiceState, 'channelId'> & { channelId: string | null }): JsonObject => ({
  guild_id: state.guildId,
  channel_id: state.channelId,
  user_id: state.userId,
  session_id: state.sessionId,
  deaf: state.deaf,
  mute: state.mute,
  self_deaf: state.selfDeaf,
  self_mute: state.selfMute,
  self_video: state.selfVideo,
  ...(state.selfStream && { self_stream: true }),
  suppress: state.suppress,
  request_to_speak_timestamp: state.requestToSpeakAt,
});

export const voiceStateEventPayload = (event: WorldEvent & { type: 'voice_state' }): JsonObject => ({
  ...voiceStatePayload(event.state),
  member: memberPayload(event.member),
});

export const attachmentPayload = (attachment: SimAttachment): JsonObject => ({
  id: attachment.id,
  filename: attachment.filename,
  content_type: attachment.contentType,
  size: attachment.bytes.length,
  url: attachment.url,
  proxy_url: attachment.url,
});

/** Numbers components that have no id yet, as Discord does; clients read `id` of received components. */
const numbered = (components: readonly unknown[]): unknown[] => {
  let next = 0;
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const component = value as JsonObject;
    next += 1;
    return {
      id: next,
      ...component,
      ...(component.components !== undefined && { components: asArray(component.components).map(visit) }),
      ...(isObject(component.accessory) && { accessory: visit(component.accessory) }),
    };
  };
  return components.map(visit);
};

export const messagePayload = (message: SimMessage): object => {
  const member = message.channel.guild?.members.get(message.author.id);
  const { user: _, ...partialMember } = member ? memberPayload(member) : { user: undefined };
  return {
    id: message.id,
    type: message.referenceId ? 19 : message.interactionId ? 20 : 0,
    channel_id: message.channel.id,
    channel_type: CHANNEL_TYPES[message.channel.kind],
    ...(message.channel.guild && { guild_id: message.channel.guild.id }),
    ...(member && { member: partialMember }),
    author: userPayload(message.author),
    content: message.content,
    timestamp: new Date(message.createdAt).toISOString(),
    edited_timestamp: message.editedAt.length > 0 ? new Date(message.editedAt.at(-1) ?? 0).toISOString() : null,
    tts: false,
    mention_everyone: false,
    mentions: message.mentions.map(userPayload),
    mention_roles: [],
    attachments: message.attachments.map(attachmentPayload),
    embeds: message.embeds.map((embed) => (isObject(embed) ? { type: 'rich', ...embed } : embed)),
    components: numbered(message.components),
    pinned: false,
    flags: message.flags,
    ...(message.referenceId && {
      message_reference: { type: 0, message_id: message.referenceId, channel_id: message.channel.id },
    }),
  };
};

/** The full guild of GUILD_CREATE. `everyMember` needs the members intent; without it only the bot and who is in voice are listed. */
export const guildPayload = (guild: SimGuild, botId: string, everyMember: boolean): JsonObject => {
  const listed = [...guild.members.values()].filter(
    ({ userId }) => everyMember || userId === botId || guild.voiceStates.has(userId),
  );
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: guild.ownerId,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    roles: [...guild.roles.values()].map(rolePayload),
    emojis: [],
    features: [],
    mfa_level: 0,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    max_members: 500_000,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: 'en-US',
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    nsfw_level: 0,
    premium_progress_bar_enabled: false,
    stickers: [],
    joined_at: guild.botMember.joinedAt,
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [...guild.voiceStates.values()].map((state) => {
      const { guild_id: _, ...payload } = voiceStatePayload(state);
      return payload;
    }),
    members: listed.map(memberPayload),
    channels: [...guild.channels.values()].map(channelPayload),
    threads: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
};
