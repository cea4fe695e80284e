import { type Client, DiscordAPIError, PermissionFlagsBits, RESTJSONErrorCodes } from 'discord.js';
import type { GuildPeople } from '../http/access/guild-people.ts';

/** Pixels of the pictures on the pages, at twice the density of plain screens. */
const avatarPx = 64;

/** What the pages ask about guilds and their people, on a client that is logged in. */
export const guildPeopleOf = (client: Client<true>): GuildPeople => ({
  guilds: () => [...client.guilds.cache.keys()],
  guildName: (guildId) => client.guilds.cache.get(guildId)?.name ?? null,
  member: async (guildId, userId) => {
    const guild = client.guilds.cache.get(guildId);
    if (!guild) return null;
    try {
      // Without the privileged intent the cache may be old: what somebody may do is asked for.
      const member = await guild.members.fetch({ user: userId, force: true });
      return {
        displayName: member.displayName,
        avatarUrl: member.displayAvatarURL({ size: avatarPx, extension: 'webp' }),
        canManageGuild: member.permissions.has(PermissionFlagsBits.ManageGuild),
      };
    } catch (error) {
      if (error instanceof DiscordAPIError && gone.has(Number(error.code))) return null;
      throw error;
    }
  },
  avatarUrl: (guildId, userId) => {
    const member = client.guilds.cache.get(guildId)?.members.cache.get(userId);
    const user = member ?? client.users.cache.get(userId);
    return user?.displayAvatarURL({ size: avatarPx, extension: 'webp' }) ?? null;
  },
  user: async (userId) => {
    const user = await client.users.fetch(userId);
    return {
      displayName: user.displayName,
      avatarUrl: user.displayAvatarURL({ size: avatarPx, extension: 'webp' }),
    };
  },
});

const gone: ReadonlySet<number> = new Set([RESTJSONErrorCodes.UnknownMember, RESTJSONErrorCodes.UnknownUser]);
