import type { Logger } from '../../log.ts';
import type { AgentMode } from '../../policy/agent-readiness.ts';
import type { AgentClient, AgentState } from '../../session/join/agent-connector.ts';
import type { Background } from '../../vox/background.ts';
import type { UnaskedWish } from '../replies/reply-path.ts';

export interface FallbackAgentOptions {
  /** In the order they are tried; the first is what the server wants. */
  readonly modes: readonly [AgentMode, ...AgentMode[]];
  /** An agent of a mode, not connected yet; `lost` is called when its provider is gone for good. @throws where the mode cannot be had */
  readonly open: (mode: AgentMode, lost: () => void) => AgentClient;
  readonly background: Background;
  readonly logger: Logger;
  /** Another provider has taken over, as people know it. */
  readonly onTakenOver: (vendor: string) => void;
}

/**
 * The agent of one session, by whichever of several providers works: when the one that speaks is gone for good, the next takes over,
 * and keeps the conversation until the session ends. When none is left, the last stays silent as an agent alone would.
 */
export class FallbackAgent implements AgentClient {
  readonly #options: FallbackAgentOptions;
  #current: AgentClient;
  /** Index of the mode that speaks. */
  #at = 0;
  #live = false;
  #music = false;
  #muted = false;
  #ending = new AbortController();
  #changing = false;

  /** @throws where the first mode cannot be had */
  constructor(options: FallbackAgentOptions) {
    this.#options = options;
    this.#current = this.#open(0);
  }

  /** The first that connects. @throws what the first one said, when none does; the signal's reason */
  async connect(signal: AbortSignal): Promise<void> {
    let first: unknown;
    for (;;) {
      try {
        await this.#current.connect(signal);
        return;
      } catch (error) {
        signal.throwIfAborted();
        first ??= error;
      }
      if (!(await this.#next())) throw first;
    }
  }

  live(): void {
    this.#live = true;
    this.#current.live();
  }

  peopleChanged(): void {
    this.#current.peopleChanged();
  }

  consentDecided(userId: string, decision: 'opted_in' | 'opted_out'): void {
    this.#current.consentDecided(userId, decision);
  }

  settingsChanged(): void {
    this.#current.settingsChanged();
  }

  get state(): AgentState {
    return this.#current.state;
  }

  wake(): boolean {
    return this.#current.wake();
  }

  sendToRest(): void {
    this.#current.sendToRest();
  }

  say(wish: UnaskedWish): boolean {
    return this.#current.say(wish);
  }

  music(on: boolean): void {
    this.#music = on;
    this.#current.music(on);
  }

  muted(on: boolean): void {
    this.#muted = on;
    this.#current.muted(on);
  }

  async quiet(): Promise<void> {
    this.#ending.abort(new Error('the agent falls silent'));
    await this.#current.quiet();
  }

  async greet(): Promise<void> {
    await this.#current.greet();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new Error('the agent is closed'));
    await this.#current[Symbol.asyncDispose]();
  }

  #open(at: number): AgentClient {
    const mode = this.#options.modes[at];
    if (mode === undefined) throw new RangeError('FallbackAgent: there is no such mode');
    return this.#options.open(mode, () => this.#lost(at));
  }

  /** Makes the next that can be had the current one, not connected yet. @returns false: there is none */
  async #next(): Promise<boolean> {
    const { modes, logger } = this.#options;
    while (this.#at + 1 < modes.length) {
      this.#at += 1;
      try {
        const next = this.#open(this.#at);
        const before = this.#current;
        this.#current = next;
        await before[Symbol.asyncDispose]();
        return true;
      } catch (error) {
        logger.warn({ err: error, mode: modes[this.#at] }, 'a provider to fall back on cannot be had');
      }
    }
    return false;
  }

  /** The provider that spoke is gone for good. One that has been replaced already says nothing new. */
  #lost(at: number): void {
    const { background, modes } = this.#options;
    const isOver = this.#ending.signal.aborted || !this.#live;
    if (isOver || this.#changing || at !== this.#at || at + 1 >= modes.length) return;
    this.#changing = true;
    background.run('fall back to another provider', () => this.#takeOver());
  }

  async #takeOver(): Promise<void> {
    const { logger, modes, onTakenOver } = this.#options;
    try {
      while (!this.#ending.signal.aborted && this.#at + 1 < modes.length) {
        const at = this.#at + 1;
        const next = await this.#connected(at);
        this.#at = at;
        if (next === null) continue;
        const before = this.#current;
        this.#current = next;
        next.live();
        if (this.#music) next.music(true);
        if (this.#muted) next.muted(true);
        await before[Symbol.asyncDispose]();
        logger.warn({ mode: modes[at] }, 'another provider has taken over');
        onTakenOver(next.state.vendor);
        return;
      }
    } finally {
      this.#changing = false;
    }
  }

  /** An agent of a mode that is connected; null: it cannot be had. */
  async #connected(at: number): Promise<AgentClient | null> {
    const { logger, modes } = this.#options;
    let next: AgentClient | null = null;
    try {
      next = this.#open(at);
      await next.connect(this.#ending.signal);
      this.#ending.signal.throwIfAborted();
      return next;
    } catch (error) {
      await next?.[Symbol.asyncDispose]();
      if (!this.#ending.signal.aborted)
        logger.warn({ err: error, mode: modes[at] }, 'a provider to fall back on does not answer');
      return null;
    }
  }
}
