import type { GuildSettings } from '../../config/guild-settings.ts';

/** What makes Parley come by itself. */
export type AutoKind = 'auto_join' | 'follow';

/** Somebody in a voice channel, no bot. */
export interface Occupant {
  readonly userId: string;
  readonly roleIds: readonly string[];
  /** Whether the rules of who may call Parley and record let them. */
  readonly mayCall: boolean;
}

/** A voice channel as far as coming by itself is concerned. */
export interface Room {
  readonly channelId: string;
  readonly isAfk: boolean;
  readonly occupants: readonly Occupant[];
}

export type AutoSettings = Pick<
  GuildSettings,
  | 'autoJoinChannelId'
  | 'autoJoinWhenOccupied'
  | 'autoJoinMinMembers'
  | 'autoJoinTriggerUserIds'
  | 'autoJoinTriggerRoleIds'
  | 'followUserIds'
>;

export interface AutoSituation {
  readonly settings: AutoSettings;
  /** The channel of auto-join, and those in which somebody is who is followed. */
  readonly rooms: readonly Room[];
  /** The session of now; `as` null: a person called it. */
  readonly session: { readonly channelId: string; readonly as: AutoKind | null } | null;
  /** Channels Parley was sent out of; not entered before they have emptied. */
  readonly stayAway: ReadonlySet<string>;
}

export type AutoDecision =
  | { readonly kind: 'stay' }
  | { readonly kind: 'come'; readonly as: AutoKind; readonly channelId: string; readonly userId: string }
  /** Whom the session was for is gone: it is to end unless they come back. */
  | { readonly kind: 'go' };

const stay: AutoDecision = { kind: 'stay' };

/**
 * Whether to come, to move along, or to go. Somebody's own call goes before everything: only a session that was begun here is moved or
 * ended here. Who is followed goes before the channel of auto-join. Pure.
 */
export const decideAutoJoin = (situation: AutoSituation): AutoDecision => {
  const { session } = situation;
  if (session?.as === null) return stay;
  if (session?.as === 'follow') return alongWith(situation, session.channelId);
  if (session) return isWanted(situation, session.channelId) ? stay : { kind: 'go' };
  return followed(situation) ?? occupied(situation) ?? stay;
};

const open = ({ rooms, stayAway }: AutoSituation): Room[] =>
  rooms.filter(({ channelId, isAfk }) => !isAfk && !stayAway.has(channelId));

const isFollowed = ({ settings }: AutoSituation, { userId }: Occupant): boolean =>
  settings.followUserIds.includes(userId);

const followed = (situation: AutoSituation): AutoDecision | null => {
  for (const { channelId, occupants } of open(situation)) {
    const person = occupants.find((one) => isFollowed(situation, one));
    if (person) return { kind: 'come', as: 'follow', channelId, userId: caller(occupants, person).userId };
  }
  return null;
};

/** A session that follows somebody stays while anybody followed is there, moves to where one is, or goes. */
const alongWith = (situation: AutoSituation, here: string): AutoDecision => {
  const room = situation.rooms.find(({ channelId }) => channelId === here);
  if (room?.occupants.some((one) => isFollowed(situation, one))) return stay;
  return followed(situation) ?? { kind: 'go' };
};

const occupied = (situation: AutoSituation): AutoDecision | null => {
  const { settings } = situation;
  const room = open(situation).find(({ channelId }) => channelId === settings.autoJoinChannelId);
  if (!room || room.occupants.length < Math.max(1, settings.autoJoinMinMembers)) return null;
  const person = settings.autoJoinWhenOccupied
    ? room.occupants[0]
    : room.occupants.find((one) => triggers(settings, one));
  if (!person) return null;
  return { kind: 'come', as: 'auto_join', channelId: room.channelId, userId: caller(room.occupants, person).userId };
};

/** A session that auto-join began stays while somebody is there who would have begun it; how many they are counts only for coming. */
const isWanted = ({ settings, rooms }: AutoSituation, here: string): boolean => {
  const room = rooms.find(({ channelId }) => channelId === here);
  // In another channel, where a moderator put it, or a setting that was taken back: people end it.
  if (!room || here !== settings.autoJoinChannelId || settings.autoJoinWhenOccupied) return true;
  // Nobody at all is what the clock of being alone is for.
  return room.occupants.length === 0 || room.occupants.some((one) => triggers(settings, one));
};

const triggers = (settings: AutoSettings, { userId, roleIds }: Occupant): boolean =>
  settings.autoJoinTriggerUserIds.includes(userId) ||
  roleIds.some((roleId) => settings.autoJoinTriggerRoleIds.includes(roleId));

/** In whose name it comes: theirs, or of somebody there whom the rules let call it. */
const caller = (occupants: readonly Occupant[], person: Occupant): Occupant =>
  person.mayCall ? person : (occupants.find(({ mayCall }) => mayCall) ?? person);
