import type { Clock } from '@parley/protocol';

/** Contexts a socket may have; one more, and ElevenLabs closes it (`max_active_conversations`). */
const mostContexts = 5;
/** How long a closed context may take to be over. */
const patienceMs = 5_000;
/** A context without text is closed after 180 s at the most (`inactivity_timeout`, ElevenLabs' API reference). */
const keepAliveMs = 60_000;

export interface VoiceContextsOptions {
  readonly clock: Clock;
  readonly begin: (contextId: string) => void;
  readonly keepAlive: (contextId: string) => void;
}

/** The contexts of one socket: one is always ready for what is to be said next, the ones that were used are counted until they are over. */
export class VoiceContexts implements Disposable {
  readonly #options: VoiceContextsOptions;
  /** Used ones that are not over, and when they count as over all the same. */
  readonly #used = new Map<string, Disposable>();
  #ready: { readonly contextId: string; readonly timer: Disposable } | null = null;
  #wanted: ((contextId: string) => void) | null = null;
  #counted = 0;
  #over = false;

  constructor(options: VoiceContextsOptions) {
    this.#options = options;
  }

  /** Begins a context where none is ready and there is room for one. */
  prepare(): void {
    if (this.#over || this.#ready !== null || this.#used.size >= mostContexts) return;
    this.#counted += 1;
    const contextId = `context_${this.#counted}`;
    const { clock, begin, keepAlive } = this.#options;
    this.#ready = { contextId, timer: clock.setInterval(() => keepAlive(contextId), keepAliveMs) };
    begin(contextId);
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted !== null) this.take(wanted);
  }

  /** Gives a context for something to be said, as soon as there is room; a later wish takes the place of one that waits. */
  take(give: (contextId: string) => void): void {
    const ready = this.#ready;
    if (ready === null) {
      this.#wanted = give;
      this.prepare();
      return;
    }
    ready.timer[Symbol.dispose]();
    this.#ready = null;
    // How long it takes to say something nobody knows; it is watched from where it is closed on.
    this.#used.set(ready.contextId, { [Symbol.dispose]: () => undefined });
    give(ready.contextId);
  }

  /** Nobody wants the context any more that waits for room. */
  forget(): void {
    this.#wanted = null;
  }

  /** Nothing of a context is waited for any more. */
  left(contextId: string): void {
    if (!this.#used.has(contextId)) return;
    this.#used.get(contextId)?.[Symbol.dispose]();
    this.#used.set(
      contextId,
      this.#options.clock.setTimeout(() => this.ended(contextId), patienceMs),
    );
    this.prepare();
  }

  /** The provider said that a context is over. */
  ended(contextId: string): void {
    this.#used.get(contextId)?.[Symbol.dispose]();
    this.#used.delete(contextId);
    this.prepare();
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#wanted = null;
    this.#ready?.timer[Symbol.dispose]();
    for (const timer of this.#used.values()) timer[Symbol.dispose]();
  }
}
