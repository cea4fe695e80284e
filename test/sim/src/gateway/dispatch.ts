import type { WorldEvent } from '../world/events.ts';
import type { SimMessage } from '../world/message.ts';
import {
  channelPayload,
  guildPayload,
  memberPayload,
  messagePayload,
  rolePayload,
  userPayload,
  voiceStateEventPayload,
} from '../world/payloads.ts';
import { INTENTS } from './intents.ts';

export interface Dispatch {
  readonly t: string;
  readonly d: object;
}

export interface Viewer {
  readonly botId: string;
  readonly intents: number;
}

const CHANNEL_EVENTS = {
  channel_created: 'CHANNEL_CREATE',
  channel_updated: 'CHANNEL_UPDATE',
  channel_deleted: 'CHANNEL_DELETE',
} as const;
const MESSAGE_EVENTS = {
  message_created: 'MESSAGE_CREATE',
  message_updated: 'MESSAGE_UPDATE',
  message_deleted: 'MESSAGE_DELETE',
} as const;
const MEMBER_EVENTS = {
  member_added: 'GUILD_MEMBER_ADD',
  member_updated: 'GUILD_MEMBER_UPDATE',
  member_removed: 'GUILD_MEMBER_REMOVE',
} as const;
const GUILD_EVENTS = {
  guild_created: 'GUILD_CREATE',
  guild_updated: 'GUILD_UPDATE',
  guild_deleted: 'GUILD_DELETE',
} as const;
const ROLE_EVENTS = { role_created: 'GUILD_ROLE_CREATE', role_updated: 'GUILD_ROLE_UPDATE' } as const;

const has = (viewer: Viewer, intent: number): boolean => (viewer.intents & intent) !== 0;

/** Without the content intent a bot reads only what it wrote, what names it, and direct messages. */
const mayRead = (message: SimMessage, viewer: Viewer): boolean =>
  has(viewer, INTENTS.messageContent) ||
  message.channel.kind === 'dm' ||
  message.author.id === viewer.botId ||
  message.mentions.some(({ id }) => id === viewer.botId);

type MessageEvent = Extract<WorldEvent, { readonly message: SimMessage }>;

const messageDispatch = (event: MessageEvent, viewer: Viewer): Dispatch | null => {
  const { message } = event;
  const isDirect = message.channel.kind === 'dm';
  if (!has(viewer, isDirect ? INTENTS.directMessages : INTENTS.guildMessages)) return null;
  if (message.ephemeral) return null;
  const bot = message.channel.guild?.members.get(viewer.botId);
  if (message.channel.guild && !bot?.can('ViewChannel', message.channel)) return null;
  const t = MESSAGE_EVENTS[event.type];
  if (event.type === 'message_deleted') {
    return { t, d: { id: message.id, channel_id: message.channel.id, guild_id: message.channel.guild?.id } };
  }
  const payload = messagePayload(message);
  if (mayRead(message, viewer)) return { t, d: payload };
  return { t, d: { ...payload, content: '', embeds: [], attachments: [], components: [] } };
};

/** What a gateway client is told of `event`: null when its intents or permissions do not cover it. */
export const toDispatch = (event: WorldEvent, viewer: Viewer): Dispatch | null => {
  switch (event.type) {
    case 'message_created':
    case 'message_updated':
    case 'message_deleted':
      return messageDispatch(event, viewer);
    case 'interaction':
      return { t: 'INTERACTION_CREATE', d: event.payload };
    case 'voice_state':
      return has(viewer, INTENTS.guildVoiceStates)
        ? { t: 'VOICE_STATE_UPDATE', d: voiceStateEventPayload(event) }
        : null;
    case 'voice_server':
      return {
        t: 'VOICE_SERVER_UPDATE',
        d: { token: event.token, guild_id: event.guild.id, endpoint: event.endpoint },
      };
    case 'member_added':
    case 'member_updated':
    case 'member_removed': {
      const isSelf = event.member.userId === viewer.botId;
      if (!(has(viewer, INTENTS.guildMembers) || (isSelf && event.type === 'member_updated'))) return null;
      const guildId = event.member.guild.id;
      return event.type === 'member_removed'
        ? { t: MEMBER_EVENTS[event.type], d: { guild_id: guildId, user: userPayload(event.member.user) } }
        : { t: MEMBER_EVENTS[event.type], d: { guild_id: guildId, ...memberPayload(event.member) } };
    }
    case 'channel_created':
    case 'channel_updated':
    case 'channel_deleted':
      return has(viewer, INTENTS.guilds) || !event.channel.guild
        ? { t: CHANNEL_EVENTS[event.type], d: channelPayload(event.channel) }
        : null;
    case 'guild_created':
    case 'guild_updated':
      if (!has(viewer, INTENTS.guilds)) return null;
      return {
        t: GUILD_EVENTS[event.type],
        d: guildPayload(event.guild, viewer.botId, has(viewer, INTENTS.guildMembers)),
      };
    case 'guild_deleted':
      return { t: GUILD_EVENTS[event.type], d: { id: event.guild.id } };
    case 'role_created':
    case 'role_updated':
      return has(viewer, INTENTS.guilds)
        ? { t: ROLE_EVENTS[event.type], d: { guild_id: event.guild.id, role: rolePayload(event.role) } }
        : null;
    case 'voice_channel_status':
      return has(viewer, INTENTS.guilds)
        ? {
            t: 'VOICE_CHANNEL_STATUS_UPDATE',
            d: { id: event.channel.id, guild_id: event.channel.guild?.id, status: event.channel.status },
          }
        : null;
  }
};
