import { asString } from '../core/json.ts';
import type { SimGuild } from '../world/guild.ts';
import type { SimMember } from '../world/member.ts';
import { channelPayload, guildPayload, memberPayload, rolePayload, voiceStatePayload } from '../world/payloads.ts';
import type { RestDeps } from './deps.ts';
import {
  invalidForm,
  missingPermissions,
  unknownChannel,
  unknownGuild,
  unknownMember,
  unknownVoiceState,
} from './errors.ts';
import { noContent, ok, type RestRequest, type Route } from './router.ts';

const NICKNAME_LIMIT = 32;

/** Guilds, members (nickname, move, disconnect) and voice states. */
export const guildRoutes = ({ world, voice }: RestDeps): Route[] => {
  const guildOf = (request: RestRequest): SimGuild => {
    const guild = world.guilds.get(request.param('guild'));
    if (!guild?.present) throw unknownGuild();
    return guild;
  };
  const memberOf = (request: RestRequest): SimMember => {
    const name = request.param('user');
    const member = guildOf(request).members.get(name === '@me' ? world.bot.id : name);
    if (!member) throw unknownMember();
    return member;
  };
  const rename = (member: SimMember, nick: string): void => {
    if (nick.length > NICKNAME_LIMIT) throw invalidForm('nick', `Must be ${NICKNAME_LIMIT} or fewer in length.`);
    member.nickname = nick === '' ? null : nick;
    world.emit({ type: 'member_updated', member });
  };

  return [
    {
      method: 'GET',
      path: '/guilds/:guild',
      handle: (request) => ok(guildPayload(guildOf(request), world.bot.id, true)),
    },
    {
      method: 'GET',
      path: '/guilds/:guild/channels',
      handle: (request) => ok([...guildOf(request).channels.values()].map(channelPayload)),
    },
    {
      method: 'GET',
      path: '/guilds/:guild/roles',
      handle: (request) => ok([...guildOf(request).roles.values()].map(rolePayload)),
    },
    {
      method: 'GET',
      path: '/guilds/:guild/members',
      handle: (request) => ok([...guildOf(request).members.values()].map(memberPayload)),
    },
    { method: 'GET', path: '/guilds/:guild/members/:user', handle: (request) => ok(memberPayload(memberOf(request))) },
    {
      method: 'PATCH',
      path: '/guilds/:guild/members/@me',
      handle: (request) => {
        const member = guildOf(request).botMember;
        if ('nick' in request.body.json) {
          if (!member.can('ChangeNickname')) throw missingPermissions();
          rename(member, asString(request.body.json.nick) ?? '');
        }
        return ok(memberPayload(member));
      },
    },
    {
      method: 'PATCH',
      path: '/guilds/:guild/members/:user',
      handle: (request) => {
        const member = memberOf(request);
        const bot = member.guild.botMember;
        const { json } = request.body;
        if ('nick' in json) {
          if (!bot.can('ManageNicknames')) throw missingPermissions();
          rename(member, asString(json.nick) ?? '');
        }
        if ('channel_id' in json) {
          if (!bot.can('MoveMembers')) throw missingPermissions();
          const id = asString(json.channel_id);
          const channel = id === undefined ? null : world.channels.get(id);
          if (channel === undefined) throw unknownChannel();
          voice.transfer(member, channel);
        }
        return ok(memberPayload(member));
      },
    },
    {
      method: 'GET',
      path: '/guilds/:guild/voice-states/:user',
      handle: (request) => {
        const member = memberOf(request);
        const state = member.guild.voiceStates.get(member.userId);
        if (!state) throw unknownVoiceState();
        return ok(voiceStatePayload(state));
      },
    },
    {
      method: 'PATCH',
      path: '/guilds/:guild/voice-states/@me',
      handle: (request) => {
        const member = guildOf(request).botMember;
        const state = member.guild.voiceStates.get(member.userId);
        const channel = world.channels.get(state?.channelId ?? '');
        if (!state || channel?.kind !== 'stage') throw unknownVoiceState();
        const { suppress, request_to_speak_timestamp: asked } = request.body.json;
        if (suppress === false && !member.can('MuteMembers', channel)) throw missingPermissions();
        if (asString(asked) !== undefined && !member.can('RequestToSpeak', channel)) throw missingPermissions();
        voice.change(member, {
          ...(typeof suppress === 'boolean' && { suppress }),
          ...(asked !== undefined && { requestToSpeakAt: asString(asked) ?? null }),
        });
        return noContent();
      },
    },
    {
      method: 'DELETE',
      path: '/users/@me/guilds/:guild',
      handle: (request) => {
        guildOf(request).remove();
        return noContent();
      },
    },
  ];
};
