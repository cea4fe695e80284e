import { asString, isObject } from '../core/json.ts';
import type { SimChannel } from '../world/channel.ts';
import { EPHEMERAL_FLAG, type SimMessage } from '../world/message.ts';
import { channelPayload, messagePayload } from '../world/payloads.ts';
import type { RestDeps } from './deps.ts';
import {
  invalidForm,
  missingAccess,
  missingPermissions,
  RestError,
  unknownChannel,
  unknownMessage,
  unknownUser,
} from './errors.ts';
import { checkMayPost, editedContent, newContent } from './messages.ts';
import { noContent, ok, type RestRequest, type Route } from './router.ts';

const STATUS_LIMIT = 500;

/** Channels, their messages, direct messages, and a voice channel's status line. */
export const channelRoutes = ({ world, attachments }: RestDeps): Route[] => {
  const channelOf = (request: RestRequest): SimChannel => {
    const channel = world.channels.get(request.param('channel'));
    if (!channel || channel.deleted || channel.guild?.present === false) throw unknownChannel();
    if (channel.guild && !channel.guild.botMember.can('ViewChannel', channel)) throw missingAccess();
    return channel;
  };
  const messageOf = (request: RestRequest): SimMessage => {
    const message = channelOf(request).findMessage(request.param('message'));
    if (!message) throw unknownMessage();
    return message;
  };
  const edit = (request: RestRequest): SimMessage => {
    const message = messageOf(request);
    if (message.author.id !== world.bot.id) {
      throw new RestError(403, 50005, 'Cannot edit a message authored by another user');
    }
    message.edit(editedContent(attachments, message.channel, request.body, message), Date.now());
    world.emit({ type: 'message_updated', message });
    return message;
  };

  return [
    {
      method: 'POST',
      path: '/users/@me/channels',
      handle: ({ body }) => {
        const user = world.users.get(asString(body.json.recipient_id) ?? '');
        if (!user) throw unknownUser();
        return ok(channelPayload(world.directMessages(user)));
      },
    },
    { method: 'GET', path: '/channels/:channel', handle: (request) => ok(channelPayload(channelOf(request))) },
    {
      method: 'PUT',
      path: '/channels/:channel/voice-status',
      handle: (request) => {
        const channel = channelOf(request);
        const status = asString(request.body.json.status) ?? '';
        if (channel.kind !== 'voice') throw new RestError(400, 50024, 'Cannot execute action on this channel type');
        const { botMember } = channel.guild ?? {};
        const isThere = channel.guild?.voiceStates.get(world.bot.id)?.channelId === channel.id;
        if (!botMember?.can('SetVoiceChannelStatus', channel)) throw missingPermissions();
        if (!isThere && !botMember.can('ManageChannels', channel)) throw missingPermissions();
        if (status.length > STATUS_LIMIT) throw invalidForm('status', `Must be ${STATUS_LIMIT} or fewer in length.`);
        channel.status = status;
        world.emit({ type: 'voice_channel_status', channel });
        return noContent();
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel/messages',
      handle: (request) => {
        const channel = channelOf(request);
        const content = newContent(attachments, channel, request.body);
        checkMayPost(channel, content);
        const reference = request.body.json.message_reference;
        const message = world.post({
          ...content,
          flags: content.flags & ~EPHEMERAL_FLAG,
          channel,
          author: world.bot,
          referenceId: isObject(reference) ? asString(reference.message_id) : undefined,
        });
        return ok(messagePayload(message));
      },
    },
    {
      method: 'GET',
      path: '/channels/:channel/messages',
      handle: (request) => {
        const channel = channelOf(request);
        if (channel.guild && !channel.guild.botMember.can('ReadMessageHistory', channel)) return ok([]);
        const limit = Number(request.query.get('limit') ?? 50);
        return ok(channel.standing.slice(-limit).reverse().map(messagePayload));
      },
    },
    {
      method: 'GET',
      path: '/channels/:channel/messages/:message',
      handle: (request) => ok(messagePayload(messageOf(request))),
    },
    {
      method: 'PATCH',
      path: '/channels/:channel/messages/:message',
      handle: (request) => ok(messagePayload(edit(request))),
    },
    {
      method: 'DELETE',
      path: '/channels/:channel/messages/:message',
      handle: (request) => {
        const message = messageOf(request);
        const own = message.author.id === world.bot.id;
        if (!own && !message.channel.guild?.botMember.can('ManageMessages', message.channel))
          throw missingPermissions();
        message.deleted = true;
        world.emit({ type: 'message_deleted', message });
        return noContent();
      },
    },
    {
      method: 'PUT',
      path: '/channels/:channel/messages/:message/reactions/:emoji/@me',
      handle: (request) => {
        const { channel } = messageOf(request);
        if (channel.guild && !channel.guild.botMember.can('AddReactions', channel)) throw missingPermissions();
        return noContent();
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel/typing',
      handle: (request) => {
        checkMayPost(channelOf(request), { attachments: [], embeds: [] });
        return noContent();
      },
    },
  ];
};
