import type { Clock } from '@parley/protocol';
import type { Logger } from '../log.ts';
import { settlesWithin } from '../vox/settles-within.ts';
import type { AgentClient } from './join/agent-connector.ts';

/** An agent that takes longer to fall silent is not waited for: the recording is closed first of all, ms. */
const quietMs = 2000;

/** Where a session has its agent, if it has one. */
export class AgentSlot {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #client: AgentClient | null = null;
  #threadOf: () => string | null = () => null;

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** null: this session only records. */
  get client(): AgentClient | null {
    return this.#client;
  }

  attach(client: AgentClient): void {
    this.#client = client;
  }

  /** The conversation that was remembered last; null: none is. */
  get threadId(): string | null {
    return this.#threadOf();
  }

  /** Who knows under what the conversation is remembered. */
  converses(threadOf: () => string | null): void {
    this.#threadOf = threadOf;
  }

  /** Who is there, or who may be heard, has changed. */
  peopleChanged(): void {
    this.#client?.peopleChanged();
  }

  /** A moderator lets the bot speak no more, or again. */
  muted(on: boolean): void {
    this.#client?.muted(on);
  }

  settingsChanged(): void {
    this.#client?.settingsChanged();
  }

  /** Falls silent and hears nothing more, before the channel is left. Never throws. */
  async quiet(): Promise<void> {
    const client = this.#client;
    if (client === null) return;
    const silencing = (async () => {
      try {
        await client.quiet();
      } catch (error) {
        this.#logger.warn({ err: error }, 'the agent did not fall silent in order');
      }
    })();
    const silent = await settlesWithin(this.#clock, quietMs, silencing);
    if (!silent) this.#logger.warn('the agent does not fall silent in time');
  }
}
