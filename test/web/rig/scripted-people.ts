import type { GuildPeople } from '../../../packages/bot/src/http/access/guild-people.ts';

/** A guild as Discord would describe it. */
export interface ScriptedGuild {
  readonly guildId: string;
  readonly name: string;
  /** User ids and names. */
  readonly members: ReadonlyMap<string, string>;
  /** Who has Manage Server. */
  readonly managers: ReadonlySet<string>;
}

/** Discord's side of the pages, scripted; somebody who is in no guild is known by no name. */
export const scriptedPeople = (guilds: readonly ScriptedGuild[]): GuildPeople => {
  const guildOf = (guildId: string) => guilds.find((guild) => guild.guildId === guildId);
  return {
    guilds: () => guilds.map(({ guildId }) => guildId),
    guildName: (guildId) => guildOf(guildId)?.name ?? null,
    member: async (guildId, userId) => {
      const displayName = guildOf(guildId)?.members.get(userId);
      if (displayName === undefined) return null;
      return { displayName, avatarUrl: null, canManageGuild: guildOf(guildId)?.managers.has(userId) ?? false };
    },
    avatarUrl: () => null,
    user: async (userId) => ({
      displayName: guilds.map(({ members }) => members.get(userId)).find((name) => name !== undefined) ?? 'Somebody',
      avatarUrl: null,
    }),
  };
};
