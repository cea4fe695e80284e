import type { UntilOptions } from '../core/changes.ts';
import type { Json } from '../core/json.ts';
import type { SimInteraction } from '../world/interaction.ts';
import type { MessageContent, SimAttachment, SimMessage } from '../world/message.ts';
import type { World } from '../world/world.ts';

/** What a person sees of the bot's answer to a command or click; it follows later edits. */
export class SimReply {
  readonly #interaction: SimInteraction;
  readonly #world: World;

  constructor(interaction: SimInteraction, world: World) {
    this.#interaction = interaction;
    this.#world = world;
  }

  /** The bot asked for time first ("… is thinking"). */
  get deferred(): boolean {
    return this.#interaction.first?.status === 'deferred';
  }

  /** A click that was acknowledged without a message of its own. */
  get acknowledged(): boolean {
    return this.#interaction.first?.status === 'acknowledged';
  }

  /** The message that answers, once there is one. For an update it is the message clicked in. */
  get message(): SimMessage | null {
    return this.#interaction.original;
  }

  get content(): string {
    return this.message?.content ?? '';
  }

  get ephemeral(): boolean {
    const { state } = this.#interaction;
    return this.message?.ephemeral ?? (state.status === 'deferred' && (state.flags & 64) !== 0);
  }

  get components(): readonly Json[] {
    return this.message?.components ?? [];
  }

  get embeds(): readonly Json[] {
    return this.message?.embeds ?? [];
  }

  get attachments(): readonly SimAttachment[] {
    return this.message?.attachments ?? [];
  }

  /** Messages that followed the answer. */
  get followUps(): readonly SimMessage[] {
    return this.#interaction.followUps;
  }

  /** What was answered, for whoever goes on from it. */
  get interaction(): SimInteraction {
    return this.#interaction;
  }

  /** A modal the bot opened. */
  get modal(): Json {
    const { state } = this.#interaction;
    return state.status === 'modal' ? state.modal : null;
  }

  /** Every content after the first, oldest first; the text that ends a deferral is the first itself. */
  edits(): readonly MessageContent[] {
    const { message } = this;
    if (!message) return [];
    const current = {
      content: message.content,
      embeds: message.embeds,
      components: message.components,
      attachments: message.attachments,
      flags: message.flags,
      mentions: message.mentions,
    };
    return message.editedAt.length === 0 ? [] : [...message.earlier.slice(1), current];
  }

  /** Resolves when there is a message: at once unless the bot asked for time. */
  async settled(options: UntilOptions = {}): Promise<this> {
    await this.#world.changes.until(() => this.message, { what: 'the answer after a deferral', ...options });
    return this;
  }

  /** Resolves when `check` holds of this reply, after any edit. */
  async waitFor(check: (reply: this) => boolean, options: UntilOptions = {}): Promise<this> {
    const what = (): string => `an answer; it says ${JSON.stringify(this.content)}`;
    await this.#world.changes.until(() => check(this), { what, ...options });
    return this;
  }
}
