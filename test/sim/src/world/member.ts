import type { SimChannel } from './channel.ts';
import type { SimGuild } from './guild.ts';
import { computePermissions, PERMISSION_BITS, type PermissionName } from './permissions.ts';
import type { SimUser } from './user.ts';

/** A user in a guild. */
export class SimMember {
  readonly guild: SimGuild;
  readonly user: SimUser;
  readonly joinedAt: string;
  readonly roleIds: Set<string>;
  nickname: string | null = null;

  constructor(guild: SimGuild, user: SimUser, roleIds: Iterable<string>) {
    this.guild = guild;
    this.user = user;
    this.roleIds = new Set(roleIds);
    this.joinedAt = new Date(1_600_000_000_000).toISOString();
  }

  get userId(): string {
    return this.user.id;
  }

  /** What others read: the nickname, else the display name. */
  get shownName(): string {
    return this.nickname ?? this.user.displayName;
  }

  /** The permission bits in `channel`, or in the guild as a whole. */
  permissionsIn(channel?: SimChannel): bigint {
    const ids = [this.guild.id, ...this.roleIds];
    const roles = new Map(ids.map((id) => [id, this.guild.roles.get(id)?.permissions ?? 0n]));
    const subject = {
      userId: this.user.id,
      isOwner: this.guild.ownerId === this.user.id,
      everyoneId: this.guild.id,
      roles,
    };
    return computePermissions(subject, channel?.overwrites.values());
  }

  can(name: PermissionName, channel?: SimChannel): boolean {
    return (this.permissionsIn(channel) & PERMISSION_BITS[name]) !== 0n;
  }
}
