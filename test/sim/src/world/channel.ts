import type { UntilOptions } from '../core/changes.ts';
import type { SimGuild } from './guild.ts';
import type { SimMessage } from './message.ts';
import type { Overwrite } from './permissions.ts';
import type { SimUser } from './user.ts';
import type { World } from './world.ts';

/** Channel types by Discord's numbers (reference: "Channel Types"). */
export const CHANNEL_TYPES = { text: 0, dm: 1, voice: 2, stage: 13 } as const;
export type ChannelKind = keyof typeof CHANNEL_TYPES;

export interface VoiceChannelOptions {
  /** People who fit in; 0 is no limit. */
  readonly userLimit?: number;
  /** Bits per second. */
  readonly bitrate?: number;
}

export interface ChannelInit extends VoiceChannelOptions {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly guild: SimGuild | null;
  /** Of a direct message. */
  readonly recipient?: SimUser;
}

/** A text, voice, stage or direct-message channel. Voice channels have a text chat too. */
export class SimChannel {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly guild: SimGuild | null;
  readonly recipient: SimUser | null;
  readonly overwrites = new Map<string, Overwrite>();
  /** Everything said here that all can see, deleted messages included (`deleted`). */
  readonly messages: SimMessage[] = [];
  /** Answers only one person saw. */
  readonly ephemeral: SimMessage[] = [];
  name: string;
  userLimit: number;
  bitrate: number;
  /** The line under a voice channel's name. */
  status = '';
  deleted = false;
  readonly #world: World;

  constructor(world: World, init: ChannelInit) {
    this.#world = world;
    this.id = init.id;
    this.kind = init.kind;
    this.guild = init.guild;
    this.name = init.name;
    this.recipient = init.recipient ?? null;
    this.userLimit = init.userLimit ?? 0;
    this.bitrate = init.bitrate ?? 64_000;
  }

  get isVoice(): boolean {
    return this.kind === 'voice' || this.kind === 'stage';
  }

  /** The messages that still stand. */
  get standing(): readonly SimMessage[] {
    return this.messages.filter((message) => !message.deleted);
  }

  /**
   * The first standing message that fulfils `check`, now or after any later event (edits count).
   * Rejects with `timeout`, naming what was there.
   */
  waitFor(check: (message: SimMessage) => boolean, options: UntilOptions = {}): Promise<SimMessage> {
    const there = (): string =>
      `a message in #${this.name}${typeof options.what === 'string' ? ` (${options.what})` : ''}; there: ${JSON.stringify(this.standing.map((message) => `${message.author.username}: ${message.content}`))}`;
    return this.#world.changes.until(() => this.standing.find(check), { ...options, what: there });
  }

  findMessage(id: string): SimMessage | undefined {
    return this.messages.find((message) => message.id === id && !message.deleted);
  }
}
