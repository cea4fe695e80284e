import { SimError } from '../errors.ts';

/** Permission bits by their names in Discord's reference ("Permissions", bitwise permission flags). */
export const PERMISSION_BITS = {
  CreateInstantInvite: 1n << 0n,
  KickMembers: 1n << 1n,
  BanMembers: 1n << 2n,
  Administrator: 1n << 3n,
  ManageChannels: 1n << 4n,
  ManageGuild: 1n << 5n,
  AddReactions: 1n << 6n,
  ViewAuditLog: 1n << 7n,
  PrioritySpeaker: 1n << 8n,
  Stream: 1n << 9n,
  ViewChannel: 1n << 10n,
  SendMessages: 1n << 11n,
  ManageMessages: 1n << 13n,
  EmbedLinks: 1n << 14n,
  AttachFiles: 1n << 15n,
  ReadMessageHistory: 1n << 16n,
  MentionEveryone: 1n << 17n,
  Connect: 1n << 20n,
  Speak: 1n << 21n,
  MuteMembers: 1n << 22n,
  DeafenMembers: 1n << 23n,
  MoveMembers: 1n << 24n,
  UseVAD: 1n << 25n,
  ChangeNickname: 1n << 26n,
  ManageNicknames: 1n << 27n,
  ManageRoles: 1n << 28n,
  UseApplicationCommands: 1n << 31n,
  RequestToSpeak: 1n << 32n,
  UseSoundboard: 1n << 42n,
  UseExternalSounds: 1n << 45n,
  SendVoiceMessages: 1n << 46n,
  SetVoiceChannelStatus: 1n << 48n,
} as const satisfies Record<string, bigint>;

export type PermissionName = keyof typeof PERMISSION_BITS;

/** Permissions as a bit field or as names. */
export type Permissions = bigint | readonly PermissionName[] | readonly string[];

const ALL = Object.values(PERMISSION_BITS).reduce((sum, bit) => sum | bit, 0n);

const isName = (name: string): name is PermissionName => Object.hasOwn(PERMISSION_BITS, name);

/** The bit field of `permissions`; throws `invalid_argument` for a name it does not know. */
export const toBits = (permissions: Permissions): bigint => {
  if (typeof permissions === 'bigint') return permissions;
  let bits = 0n;
  for (const name of permissions) {
    if (!isName(name)) throw new SimError('invalid_argument', `No permission is called "${name}".`);
    bits |= PERMISSION_BITS[name];
  }
  return bits;
};

/** What people have unless roles or overwrites say otherwise. */
export const PERSON_PERMISSIONS = toBits([
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'AddReactions',
  'ReadMessageHistory',
  'Connect',
  'Speak',
  'Stream',
  'UseVAD',
  'ChangeNickname',
  'UseApplicationCommands',
  'RequestToSpeak',
]);

/** What the bot has when a guild does not say: enough to join, speak, post files and rename itself. */
export const BOT_PERMISSIONS = toBits([
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'AddReactions',
  'ReadMessageHistory',
  'Connect',
  'Speak',
  'UseVAD',
  'ChangeNickname',
  'UseApplicationCommands',
  'SetVoiceChannelStatus',
]);

export interface Overwrite {
  readonly id: string;
  readonly kind: 'role' | 'member';
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface PermissionSubject {
  readonly userId: string;
  readonly isOwner: boolean;
  /** Id of the role everyone has, which is the guild's id. */
  readonly everyoneId: string;
  /** The member's roles with their bits, the everyone role included. */
  readonly roles: ReadonlyMap<string, bigint>;
}

/**
 * The permissions of a member in a channel, or in the guild without overwrites.
 * The order is the reference's ("Permission Overwrites"): roles, everyone's overwrite, roles' overwrites together, the member's own.
 */
export const computePermissions = (subject: PermissionSubject, overwrites: Iterable<Overwrite> = []): bigint => {
  if (subject.isOwner) return ALL;
  let bits = [...subject.roles.values()].reduce((sum, role) => sum | role, 0n);
  if (bits & PERMISSION_BITS.Administrator) return ALL;
  const list = [...overwrites];
  const apply = (chosen: readonly Overwrite[]): void => {
    const deny = chosen.reduce((sum, { deny: bit }) => sum | bit, 0n);
    const allow = chosen.reduce((sum, { allow: bit }) => sum | bit, 0n);
    bits = (bits & ~deny) | allow;
  };
  apply(list.filter(({ kind, id }) => kind === 'role' && id === subject.everyoneId));
  apply(list.filter(({ kind, id }) => kind === 'role' && id !== subject.everyoneId && subject.roles.has(id)));
  apply(list.filter(({ kind, id }) => kind === 'member' && id === subject.userId));
  return bits & PERMISSION_BITS.ViewChannel || list.length === 0 ? bits : 0n;
};
