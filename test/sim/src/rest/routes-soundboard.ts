import { asString } from '../core/json.ts';
import type { SimGuild, SimSound } from '../world/guild.ts';
import type { PermissionName } from '../world/permissions.ts';
import { canBeHeard, canHear } from '../world/voice-state.ts';
import type { RestDeps } from './deps.ts';
import { missingPermissions, RestError, unknownChannel, unknownGuild } from './errors.ts';
import { noContent, ok, type Route } from './router.ts';

/** Discord's own sounds, which every guild has; two of them stand for all. */
const defaultSounds: readonly SimSound[] = [
  { id: '1', name: 'quack' },
  { id: '2', name: 'airhorn' },
];

/** "Soundboard Resource": lists, and a sound played in the channel the bot is in, neither muted nor deafened. */
export const soundboardRoutes = ({ world }: RestDeps): Route[] => {
  const guildOf = (id: string): SimGuild => {
    const guild = world.guilds.get(id);
    if (!guild?.present) throw unknownGuild();
    return guild;
  };
  return [
    { method: 'GET', path: '/soundboard-default-sounds', handle: () => ok(defaultSounds.map(payloadOf(null))) },
    {
      method: 'GET',
      path: '/guilds/:guild/soundboard-sounds',
      handle: (request) => {
        const guild = guildOf(request.param('guild'));
        return ok({ items: guild.sounds.map(payloadOf(guild.id)) });
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel/send-soundboard-sound',
      handle: (request) => {
        const channel = world.channels.get(request.param('channel'));
        const guild = channel?.guild;
        if (!channel || !guild) throw unknownChannel();
        const from = asString(request.body.json.source_guild_id);
        const isExternal = from !== undefined && from !== guild.id;
        const needed: PermissionName[] = [
          'Speak',
          'UseSoundboard',
          ...(isExternal ? (['UseExternalSounds'] as const) : []),
        ];
        if (needed.some((permission) => !guild.botMember.can(permission, channel))) throw missingPermissions();
        const state = guild.voiceStates.get(world.bot.id);
        if (state?.channelId !== channel.id || !canBeHeard(state) || !canHear(state))
          throw new RestError(400, 40032, 'Target user is not connected to voice.');
        const sounds = from === undefined ? [...defaultSounds, ...guild.sounds] : guildOf(from).sounds;
        const sound = sounds.find(({ id }) => id === asString(request.body.json.sound_id));
        if (!sound || sound.available === false) throw new RestError(404, 10097, 'Unknown sound');
        return noContent();
      },
    },
  ];
};

const payloadOf =
  (guildId: string | null) =>
  ({ id, name, available = true }: SimSound): object => ({
    ...{ sound_id: id, name, volume: 1, emoji_id: null, emoji_name: null, available },
    ...(guildId === null ? {} : { guild_id: guildId }),
  });
