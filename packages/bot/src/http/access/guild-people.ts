/** A member of a guild, as far as the pages show and ask. */
export interface PageMember {
  readonly displayName: string;
  readonly avatarUrl: string | null;
  readonly canManageGuild: boolean;
}

/** What the pages need to know of guilds. Rejects with what Discord says when it cannot be known. */
export interface GuildPeople {
  /** Guilds the bot is in. */
  guilds(): readonly string[];
  guildName(guildId: string): string | null;
  /** null: no member. */
  member(guildId: string, userId: string): Promise<PageMember | null>;
  /** A picture that is known without asking. */
  avatarUrl(guildId: string, userId: string): string | null;
  user(userId: string): Promise<{ readonly displayName: string; readonly avatarUrl: string | null }>;
}
