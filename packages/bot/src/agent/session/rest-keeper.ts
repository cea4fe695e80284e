import type { Clock } from '@parley/protocol';
import {
  type AgentRestCause,
  type AgentRestEvent,
  type AgentRestLimits,
  type AgentRestState,
  agentRestDueAt,
  awake,
  stepAgentRest,
} from '../../session/agent-rest.ts';

export interface RestKeeperOptions {
  readonly clock: Clock;
  readonly limits: AgentRestLimits;
  readonly on: {
    warn(remainingMs: number): void;
    rest(cause: AgentRestCause): void;
    woken(): void;
  };
}

/** Sends an agent to rest when it is time, and wakes it. */
export class RestKeeper implements Disposable {
  readonly #options: RestKeeperOptions;
  #state: AgentRestState;
  #timer: Disposable | null = null;
  #disposed = false;

  constructor(options: RestKeeperOptions) {
    this.#options = options;
    this.#state = awake(this.#nowMs);
    this.#wait();
  }

  /** Why it rests; null: it is awake. */
  get resting(): AgentRestCause | null {
    return this.#state.phase === 'resting' ? this.#state.cause : null;
  }

  tell(event: AgentRestEvent): void {
    if (this.#disposed) return;
    const { on, limits } = this.#options;
    const before = this.#state.phase;
    const { state, effects } = stepAgentRest(this.#state, event, this.#nowMs, limits);
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'warn') on.warn(effect.remainingMs);
      else on.rest(effect.cause);
    }
    if (before === 'resting' && state.phase === 'awake') on.woken();
    this.#wait();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#timer?.[Symbol.dispose]();
  }

  #wait(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    const dueAt = agentRestDueAt(this.#state, this.#options.limits);
    if (dueAt === null || this.#disposed) return;
    const ms = Math.max(1, Math.ceil(dueAt - this.#nowMs));
    this.#timer = this.#options.clock.setTimeout(() => this.tell({ type: 'tick' }), ms);
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
