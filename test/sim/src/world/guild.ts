import type { PersonOptions, SimPerson } from '../people/person.ts';
import { SimChannel, type VoiceChannelOptions } from './channel.ts';
import { SimMember } from './member.ts';
import { BOT_PERMISSIONS, PERSON_PERMISSIONS, type Permissions, toBits } from './permissions.ts';
import { SimRole } from './role.ts';
import type { SimUser } from './user.ts';
import type { VoiceState } from './voice-state.ts';
import type { World } from './world.ts';

export interface GuildOptions {
  readonly name: string;
  /** Exactly what the bot may do before overwrites; enough for everything it needs by default. */
  readonly botPermissions?: Permissions;
}

/** A sound of a guild's soundboard; one that is not available was lost with boosts. */
export interface SimSound {
  readonly id: string;
  readonly name: string;
  readonly available?: boolean;
}

/** Anything permissions can be set for: a role, a person or a member. */
export type OverwriteTarget = SimRole | { readonly userId: string };

/**
 * A guild and all it holds. The role everyone has grants nothing here: people get a role "people" with what is usual,
 * the bot its own with `botPermissions`, so that taking a permission away from the bot needs no overwrite.
 */
export class SimGuild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly roles = new Map<string, SimRole>();
  readonly channels = new Map<string, SimChannel>();
  readonly members = new Map<string, SimMember>();
  /** By user id; only those who are in voice. */
  readonly voiceStates = new Map<string, VoiceState>();
  /** Of its soundboard. */
  readonly sounds: SimSound[] = [];
  /** False after {@link remove}. */
  present = true;
  readonly #world: World;
  readonly #peopleRole: SimRole;
  readonly #botRole: SimRole;

  constructor(world: World, options: GuildOptions) {
    this.#world = world;
    this.id = world.ids.entity();
    this.name = options.name;
    const owner = world.makeUser({ username: `owner-of-${options.name.toLowerCase().replaceAll(/\W+/g, '-')}` });
    this.ownerId = owner.id;
    this.roles.set(this.id, new SimRole({ id: this.id, name: '@everyone', position: 0, permissions: 0n }));
    this.#peopleRole = this.#makeRole('people', PERSON_PERMISSIONS);
    this.#botRole = this.#makeRole('bot', toBits(options.botPermissions ?? BOT_PERMISSIONS), world.bot.id);
    this.members.set(owner.id, new SimMember(this, owner, [this.#peopleRole.id]));
    this.members.set(world.bot.id, new SimMember(this, world.bot, [this.#botRole.id]));
  }

  get botMember(): SimMember {
    return this.members.get(this.#world.bot.id)!;
  }

  addTextChannel(name: string): SimChannel {
    return this.#addChannel(
      new SimChannel(this.#world, { id: this.#world.ids.entity(), kind: 'text', name, guild: this }),
    );
  }

  addVoiceChannel(name: string, options: VoiceChannelOptions = {}): SimChannel {
    const id = this.#world.ids.entity();
    return this.#addChannel(new SimChannel(this.#world, { id, kind: 'voice', name, guild: this, ...options }));
  }

  /** A stage: who joins is in the audience and is not heard. There is no end-to-end encryption in stages. */
  addStageChannel(name: string, options: VoiceChannelOptions = {}): SimChannel {
    const id = this.#world.ids.entity();
    return this.#addChannel(new SimChannel(this.#world, { id, kind: 'stage', name, guild: this, ...options }));
  }

  addRole(options: { readonly name: string; readonly permissions: Permissions }): SimRole {
    const role = this.#makeRole(options.name, toBits(options.permissions));
    this.#world.emit({ type: 'role_created', guild: this, role });
    return role;
  }

  /** Replaces what the bot's own role grants. */
  setBotPermissions(permissions: Permissions): void {
    this.#botRole.permissions = toBits(permissions);
    this.#world.emit({ type: 'role_updated', guild: this, role: this.#botRole });
  }

  giveRole(target: { readonly userId: string }, role: SimRole): void {
    const member = this.members.get(target.userId);
    if (!member) return;
    member.roleIds.add(role.id);
    this.#world.emit({ type: 'member_updated', member });
  }

  takeRole(target: { readonly userId: string }, role: SimRole): void {
    const member = this.members.get(target.userId);
    if (!member?.roleIds.delete(role.id)) return;
    this.#world.emit({ type: 'member_updated', member });
  }

  /** Sets (replaces) one overwrite of a channel. */
  setOverwrite(
    channel: SimChannel,
    target: OverwriteTarget,
    values: { readonly allow?: Permissions; readonly deny?: Permissions },
  ): void {
    const isRole = target instanceof SimRole;
    const id = isRole ? target.id : target.userId;
    const bits = { allow: toBits(values.allow ?? 0n), deny: toBits(values.deny ?? 0n) };
    channel.overwrites.set(id, { id, kind: isRole ? 'role' : 'member', ...bits });
    this.#world.emit({ type: 'channel_updated', channel });
  }

  /** Changes a voice channel's limits. */
  editChannel(channel: SimChannel, change: VoiceChannelOptions & { readonly name?: string }): void {
    if (change.name !== undefined) channel.name = change.name;
    if (change.userLimit !== undefined) channel.userLimit = change.userLimit;
    if (change.bitrate !== undefined) channel.bitrate = change.bitrate;
    this.#world.emit({ type: 'channel_updated', channel });
  }

  addPerson(options: PersonOptions): SimPerson {
    return this.#world.makePerson(this.addMember(options), options);
  }

  /** A member nobody plays yet. */
  addMember(options: Pick<PersonOptions, 'username' | 'displayName' | 'bot' | 'roles'>): SimMember {
    const user = this.#world.makeUser(options);
    const roles = [this.#peopleRole, ...(options.roles ?? [])].map(({ id }) => id);
    const member = new SimMember(this, user, roles);
    this.members.set(user.id, member);
    this.#world.emit({ type: 'member_added', member });
    return member;
  }

  /** Who is in `channel` now. */
  inVoice(channel: SimChannel): readonly VoiceState[] {
    return [...this.voiceStates.values()].filter(({ channelId }) => channelId === channel.id);
  }

  /** The bot is removed from the guild. */
  remove(): void {
    this.present = false;
    this.#world.emit({ type: 'guild_deleted', guild: this });
  }

  member(user: SimUser | { readonly userId: string }): SimMember | undefined {
    return this.members.get('userId' in user ? user.userId : user.id);
  }

  #makeRole(name: string, permissions: bigint, botId?: string): SimRole {
    const id = this.#world.ids.entity();
    const role = new SimRole({ id, name, position: this.roles.size, permissions, ...(botId && { botId }) });
    this.roles.set(id, role);
    return role;
  }

  #addChannel(channel: SimChannel): SimChannel {
    this.channels.set(channel.id, channel);
    this.#world.channels.set(channel.id, channel);
    this.#world.emit({ type: 'channel_created', channel });
    return channel;
  }
}
