import type { Changes } from '../core/changes.ts';
import type { Ids } from '../core/ids.ts';
import type { PersonOptions, SimPerson } from '../people/person.ts';
import { SimChannel } from './channel.ts';
import type { WorldEvent } from './events.ts';
import { type GuildOptions, SimGuild } from './guild.ts';
import type { SimMember } from './member.ts';
import { type MessageInit, SimMessage } from './message.ts';
import type { SimUser } from './user.ts';

export type PersonMaker = (member: SimMember, options: PersonOptions) => SimPerson;

/** The state of the simulated Discord: users, guilds, channels, messages. Every change is emitted once, in order. */
export class World {
  readonly ids: Ids;
  readonly changes: Changes;
  readonly bot: SimUser;
  readonly applicationId: string;
  readonly users = new Map<string, SimUser>();
  readonly guilds = new Map<string, SimGuild>();
  readonly channels = new Map<string, SimChannel>();
  readonly people = new Map<string, SimPerson>();
  readonly #listeners = new Set<(event: WorldEvent) => void>();
  #makePerson: PersonMaker | null = null;

  constructor(ids: Ids, changes: Changes) {
    this.ids = ids;
    this.changes = changes;
    this.bot = this.makeUser({ username: 'parley', displayName: 'Parley', bot: true });
    this.applicationId = this.bot.id;
  }

  /** Sets how people are made; they need the voice side, which needs the world. */
  bindPeople(make: PersonMaker): void {
    this.#makePerson = make;
  }

  makePerson(member: SimMember, options: PersonOptions): SimPerson {
    if (!this.#makePerson) throw new Error('bindPeople comes first.');
    const person = this.#makePerson(member, options);
    this.people.set(person.userId, person);
    return person;
  }

  makeUser(values: { readonly username: string; readonly displayName?: string; readonly bot?: boolean }): SimUser {
    const { username, displayName = username, bot = false } = values;
    const user: SimUser = { id: this.ids.entity(), username, displayName, bot };
    this.users.set(user.id, user);
    return user;
  }

  addGuild(options: GuildOptions): SimGuild {
    const guild = new SimGuild(this, options);
    this.guilds.set(guild.id, guild);
    this.emit({ type: 'guild_created', guild });
    return guild;
  }

  /** The direct-message channel with `user`, made when it does not exist yet. */
  directMessages(user: SimUser): SimChannel {
    for (const channel of this.channels.values()) if (channel.recipient?.id === user.id) return channel;
    const channel = new SimChannel(this, {
      id: this.ids.entity(),
      kind: 'dm',
      name: `@${user.username}`,
      guild: null,
      recipient: user,
    });
    this.channels.set(channel.id, channel);
    this.emit({ type: 'channel_created', channel });
    return channel;
  }

  post(init: Omit<MessageInit, 'id' | 'createdAt'>): SimMessage {
    const message = new SimMessage({ ...init, id: this.ids.event(), createdAt: Date.now() });
    if (message.ephemeral) message.channel.ephemeral.push(message);
    else message.channel.messages.push(message);
    this.emit({ type: 'message_created', message });
    return message;
  }

  /** Users named in `content` by `<@id>`. */
  mentionsIn(content: string): SimUser[] {
    const ids = new Set([...content.matchAll(/<@!?(\d{17,20})>/g)].map((match) => match[1] ?? ''));
    return [...ids].flatMap((id) => this.users.get(id) ?? []);
  }

  listen(listener: (event: WorldEvent) => void): void {
    this.#listeners.add(listener);
  }

  emit(event: WorldEvent): void {
    for (const listener of this.#listeners) listener(event);
    this.changes.notify();
  }
}
