import type { GuildSettings } from '../config/guild-settings.ts';

/** A person who asks for something. */
export interface Person {
  readonly id: string;
  readonly roleIds: readonly string[];
  /** Manage Server, or what includes it: Administrator, being the owner. */
  readonly canManageGuild: boolean;
  readonly voiceChannelId: string | null;
}

/** The session the person asks about. */
export interface SessionClaim {
  readonly requestedByUserId: string;
  readonly channelId: string;
}

const hasRole = (person: Person, roleIds: readonly string[]): boolean =>
  person.roleIds.some((role) => roleIds.includes(role));

/** Whether the person may call Parley into a channel. */
export const mayJoin = (person: Person, guild: Pick<GuildSettings, 'whoMayJoin' | 'joinRoleIds'>): boolean =>
  guild.whoMayJoin === 'everyone' || person.canManageGuild || hasRole(person, guild.joinRoleIds);

/** Whether the person may start a recording. */
export const mayRecord = (person: Person, guild: Pick<GuildSettings, 'whoMayRecord' | 'recordRoleIds'>): boolean =>
  guild.whoMayRecord === 'everyone' || person.canManageGuild || hasRole(person, guild.recordRoleIds);

/** Whether the person may have the agent say something. */
export const maySay = (person: Person, guild: Pick<GuildSettings, 'whoMaySay' | 'sayRoleIds'>): boolean =>
  guild.whoMaySay === 'everyone' || person.canManageGuild || hasRole(person, guild.sayRoleIds);

/**
 * Whether the person may end, move, pause or note a session: whoever asked it in, somebody in its channel, or Manage Server. To begin
 * another recording takes `mayRecord` besides.
 */
export const mayControl = (person: Person, session: SessionClaim): boolean =>
  person.id === session.requestedByUserId || person.voiceChannelId === session.channelId || person.canManageGuild;

/** What gives a person a claim to a recording. */
export interface RecordingClaim {
  readonly requestedByUserId: string;
  /** Whether the person can be heard in it. */
  readonly recorded: boolean;
}

/** Whoever asked it in, whoever was recorded in it, or Manage Server. */
export const mayExport = (
  { id, canManageGuild }: Pick<Person, 'id' | 'canManageGuild'>,
  { requestedByUserId, recorded }: RecordingClaim,
): boolean => canManageGuild || recorded || id === requestedByUserId;
