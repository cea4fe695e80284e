import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import { ProviderConnectError } from '../provider/provider-connect-error.ts';
import type { CloseCode, ProviderEvent } from '../provider/provider-event.ts';
import type { ContextItem, ProviderConfig, ProviderSession, RealtimeProvider } from '../provider/realtime-provider.ts';

/** A provider that did not answer is asked again after this at the earliest, ms. */
export const againMs = 10_000;

export type LinkState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'connecting'; readonly session: ProviderSession }
  | { readonly kind: 'ready'; readonly session: ProviderSession }
  /** `fatal`: only somebody's wish makes it try again. */
  | { readonly kind: 'failed'; readonly code: CloseCode; readonly atMs: number; readonly fatal: boolean };

export interface ProviderLinkOptions {
  readonly provider: RealtimeProvider;
  /** What a conversation that is opened now begins with. */
  readonly config: () => ProviderConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly on: {
    event(event: ProviderEvent): void;
    ready(): void;
    /** It could not be opened, or it broke for good. Not told when we closed it. */
    failed(code: CloseCode, error: unknown): void;
  };
}

/** The conversation with the provider: opened when it is needed, closed when it is not. One at a time. */
export class ProviderLink implements AsyncDisposable {
  readonly #options: ProviderLinkOptions;
  #state: LinkState = { kind: 'closed' };
  #disposed = false;
  /** Being opened with what is not to be known any more: another takes its place. */
  #outdated: ProviderSession | null = null;
  /** Set while somebody waits for a provider that did not answer. */
  #again: Disposable | null = null;

  constructor(options: ProviderLinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The conversation, once the provider has said that it is ready. */
  get ready(): ProviderSession | null {
    return this.#state.kind === 'ready' ? this.#state.session : null;
  }

  /** Opens it, if it is not open. @throws AgentConnectError; the signal's reason */
  async connect(signal: AbortSignal): Promise<void> {
    if (this.#state.kind === 'connecting' || this.#state.kind === 'ready') return;
    if (this.#disposed) throw new Error('the agent is closed');
    while (!(await this.#connect(signal)));
  }

  /** What it was told is not to be known any more: where it forgets nothing itself, it is closed, or opened anew where it was about to be. */
  forgetSaid(context: readonly ContextItem[]): void {
    const session = this.#session;
    if (session === null) return;
    if (session.forgetSaid) session.forgetSaid(context);
    else if (this.#state.kind === 'ready') void this.close();
    else {
      this.#outdated = session;
      void session[Symbol.asyncDispose]();
    }
  }

  /** @returns false: it was outdated before it was open */
  async #connect(signal: AbortSignal): Promise<boolean> {
    const { provider, config, on } = this.#options;
    // Told of events before it is known here that it is open: whatever is said of a former one is not heard.
    const session: ProviderSession = provider.open(config(), (event) => {
      if (this.#session === session) this.#event(event);
    });
    this.#state = { kind: 'connecting', session };
    try {
      await session.connect(signal);
    } catch (error) {
      if (this.#isOutdated(session, signal)) return false;
      if (this.#session === session) this.#failed(error);
      await session[Symbol.asyncDispose]();
      throw error;
    }
    if (this.#isOutdated(session, signal)) return false;
    if (this.#session !== session) {
      await session[Symbol.asyncDispose]();
      throw new Error('the agent was closed while it was connecting');
    }
    if (this.#state.kind === 'connecting') {
      this.#state = { kind: 'ready', session };
      on.ready();
    }
    return true;
  }

  #isOutdated(session: ProviderSession, signal: AbortSignal): boolean {
    return this.#outdated === session && this.#session === session && !signal.aborted;
  }

  /** Makes sure that it is open, or about to be. Nobody waits; what fails is told. @param wished somebody asked for it by command */
  ensure(wished = false): void {
    const state = this.#state;
    if (this.#disposed || state.kind === 'connecting' || state.kind === 'ready') return;
    if (state.kind === 'failed' && !wished) {
      if (state.fatal) return;
      const waitMs = state.atMs + againMs - this.#nowMs;
      if (waitMs > 0) {
        this.#again ??= this.#options.clock.setTimeout(() => {
          this.#again = null;
          this.ensure();
        }, Math.ceil(waitMs));
        return;
      }
    }
    this.connect(new AbortController().signal).catch(() => undefined); // told by `failed`
  }

  /** Closes it; it can be opened again. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#again?.[Symbol.dispose]();
    this.#again = null;
    this.#state = { kind: 'closed' };
    await session?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.close();
  }

  get #session(): ProviderSession | null {
    return 'session' in this.#state ? this.#state.session : null;
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }

  #event(event: ProviderEvent): void {
    const { on } = this.#options;
    on.event(event);
    if (event.type !== 'closed' || this.#state.kind !== 'ready') return;
    const { session } = this.#state;
    this.#state = { kind: 'failed', code: event.code, atMs: this.#nowMs, fatal: !event.retryable };
    void session[Symbol.asyncDispose]();
    on.failed(event.code, new Error(event.reason));
  }

  #failed(error: unknown): void {
    const known = error instanceof ProviderConnectError ? error : null;
    const code = known?.code ?? 'unreachable';
    this.#state = { kind: 'failed', code, atMs: this.#nowMs, fatal: known?.retryable === false };
    if (!this.#disposed) this.#options.on.failed(code, error);
  }
}
