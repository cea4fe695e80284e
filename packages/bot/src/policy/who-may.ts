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

type Claim = 'requester' | 'present' | 'manager';

/** What makes a person entitled to each action on a session. */
export const sessionClaims = {
  leave: ['requester', 'present', 'manager'],
  pause: ['requester', 'present', 'manager'],
  settings: ['manager'],
} as const satisfies Record<string, readonly Claim[]>;

export type SessionAction = keyof typeof sessionClaims;

const holds: Record<Claim, (person: Person, session: SessionClaim) => boolean> = {
  requester: (person, session) => person.id === session.requestedByUserId,
  present: (person, session) => person.voiceChannelId === session.channelId,
  manager: (person) => person.canManageGuild,
};

/** Whether the person may do this to the session. */
export const mayAct = (action: SessionAction, person: Person, session: SessionClaim): boolean =>
  sessionClaims[action].some((claim) => holds[claim](person, session));

/** The requester, somebody in the channel, or Manage Server. */
export const mayLeave = (person: Person, session: SessionClaim): boolean => mayAct('leave', person, session);

/** The requester, somebody in the channel, or Manage Server. */
export const mayPause = (person: Person, session: SessionClaim): boolean => mayAct('pause', person, session);

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

/** Manage Server. */
export const mayChangeSettings = (person: Person): boolean => person.canManageGuild;
