import type { Json } from '../core/json.ts';
import { asArray, asString, isObject } from '../core/json.ts';
import type { SimChannel } from './channel.ts';
import type { SimUser } from './user.ts';

export const EPHEMERAL_FLAG = 64;

export interface SimAttachment {
  readonly id: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Where the simulator serves the bytes. */
  readonly url: string;
}

export interface MessageContent {
  readonly content: string;
  readonly embeds: readonly Json[];
  readonly components: readonly Json[];
  readonly attachments: readonly SimAttachment[];
  readonly flags: number;
  readonly mentions: readonly SimUser[];
}

export interface MessageInit extends MessageContent {
  readonly id: string;
  readonly channel: SimChannel;
  readonly author: SimUser;
  readonly createdAt: number;
  readonly referenceId?: string | undefined;
  readonly interactionId?: string | undefined;
}

/** A component somebody can click or choose in. */
export interface SimComponent {
  readonly type: number;
  readonly customId: string;
  readonly label: string;
  readonly disabled: boolean;
}

/** A message as it stands now; edits change it in place and are kept. */
export class SimMessage {
  readonly id: string;
  readonly channel: SimChannel;
  readonly author: SimUser;
  /** Milliseconds of the wall clock. */
  readonly createdAt: number;
  readonly referenceId: string | null;
  /** The interaction that this message answers. */
  readonly interactionId: string | null;
  /** The contents before each edit, oldest first. */
  readonly earlier: MessageContent[] = [];
  /** When each edit happened, milliseconds of the wall clock. */
  readonly editedAt: number[] = [];
  deleted = false;
  #now: MessageContent;

  constructor(init: MessageInit) {
    this.id = init.id;
    this.channel = init.channel;
    this.author = init.author;
    this.createdAt = init.createdAt;
    this.referenceId = init.referenceId ?? null;
    this.interactionId = init.interactionId ?? null;
    this.#now = init;
  }

  get content(): string {
    return this.#now.content;
  }
  get embeds(): readonly Json[] {
    return this.#now.embeds;
  }
  get components(): readonly Json[] {
    return this.#now.components;
  }
  get attachments(): readonly SimAttachment[] {
    return this.#now.attachments;
  }
  get flags(): number {
    return this.#now.flags;
  }
  get mentions(): readonly SimUser[] {
    return this.#now.mentions;
  }
  /** Seen by one person only. */
  get ephemeral(): boolean {
    return (this.#now.flags & EPHEMERAL_FLAG) !== 0;
  }
  /** All buttons and menus, in reading order. */
  get controls(): readonly SimComponent[] {
    return collectControls(this.#now.components);
  }

  edit(change: Partial<MessageContent>, at: number): void {
    this.earlier.push({ ...this.#now });
    this.editedAt.push(at);
    this.#now = { ...this.#now, ...change };
  }
}

const collectControls = (components: readonly Json[]): SimComponent[] =>
  components.filter(isObject).flatMap((component) => {
    const customId = asString(component.custom_id);
    const own =
      customId === undefined
        ? []
        : [
            {
              type: Number(component.type),
              customId,
              label: asString(component.label) ?? '',
              disabled: component.disabled === true,
            },
          ];
    const accessory = isObject(component.accessory) ? collectControls([component.accessory]) : [];
    return [...own, ...collectControls(asArray(component.components)), ...accessory];
  });
