import { randomUUID } from 'node:crypto';
import type { SimChannel } from './channel.ts';
import { type InteractionKind, SimInteraction } from './interaction.ts';
import type { SimMember } from './member.ts';
import type { SimMessage } from './message.ts';
import type { World } from './world.ts';

/** An interaction's token is good for 15 minutes (reference: "Interaction Callback"). */
const TOKEN_LIFE_MS = 15 * 60_000;

/** All interactions by their tokens, with the window in which the first answer must come. */
export class Interactions {
  /** Every token that was ever handed out. */
  readonly issuedTokens = new Set<string>();
  readonly #world: World;
  readonly #windowMs: number;
  readonly #byToken = new Map<string, SimInteraction>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(world: World, windowMs: number) {
    this.#world = world;
    this.#windowMs = windowMs;
  }

  create(kind: InteractionKind, member: SimMember, channel: SimChannel, source: SimMessage | null): SimInteraction {
    const interaction = new SimInteraction({
      id: this.#world.ids.event(),
      token: `sim-${randomUUID()}`,
      kind,
      member,
      channel,
      source,
      createdAt: Date.now(),
    });
    this.#forgetOld();
    this.#byToken.set(interaction.token, interaction);
    this.issuedTokens.add(interaction.token);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (interaction.state.status !== 'waiting') return;
      interaction.settle({ status: 'failed' });
      this.#world.changes.notify();
    }, this.#windowMs);
    this.#timers.add(timer);
    return interaction;
  }

  /** The interaction of a token that is still good. */
  find(token: string): SimInteraction | undefined {
    const interaction = this.#byToken.get(token);
    return interaction && Date.now() - interaction.createdAt < TOKEN_LIFE_MS ? interaction : undefined;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #forgetOld(): void {
    const limit = Date.now() - TOKEN_LIFE_MS;
    for (const [token, { createdAt }] of this.#byToken) {
      if (createdAt > limit) return;
      this.#byToken.delete(token);
    }
  }
}
