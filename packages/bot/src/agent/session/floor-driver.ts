import type { Clock } from '@parley/protocol';
import {
  emptyFloor,
  type FloorConfig,
  type FloorEffect,
  type FloorEvent,
  type FloorState,
  floorDueAt,
  stepFloor,
} from '../turns/index.ts';

export interface FloorDriverOptions {
  readonly clock: Clock;
  readonly config: FloorConfig;
  /** Does what was decided; may tell the floor more, which is taken in afterwards. Must not throw. */
  readonly effect: (effect: FloorEffect) => void;
}

/** Gives the floor what happens, in its order, and time when it needs it; has done what it decides. */
export class FloorDriver implements Disposable {
  readonly #options: FloorDriverOptions;
  #state: FloorState;
  #events: FloorEvent[] = [];
  #running = false;
  #timer: Disposable | null = null;
  #disposed = false;

  constructor(options: FloorDriverOptions) {
    this.#options = options;
    this.#state = emptyFloor(options.config);
  }

  get state(): FloorState {
    return this.#state;
  }

  tell(event: FloorEvent): void {
    if (this.#disposed) return;
    this.#events.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#step(next);
    } finally {
      this.#running = false;
    }
    this.#wait();
  }

  /** Forgets what is being said and what waits for an answer; who is there, and how it stands with them, is known on. */
  reset(): void {
    const { config, people, known, music, turns } = this.#state;
    this.#state = { ...emptyFloor(config), people, known, music, turns };
    this.#wait();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#events = [];
    this.#timer?.[Symbol.dispose]();
  }

  #step(event: FloorEvent): void {
    const { state, effects } = stepFloor(this.#state, event, this.#nowMs);
    this.#state = state;
    for (const effect of effects) this.#options.effect(effect);
  }

  #wait(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    const nowMs = this.#nowMs;
    const dueAt = floorDueAt(this.#state, nowMs);
    if (dueAt === null || this.#disposed) return;
    // A whole millisecond later: a timer that comes early finds nothing due.
    this.#timer = this.#options.clock.setTimeout(() => this.tell({ type: 'tick' }), Math.ceil(dueAt - nowMs));
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
