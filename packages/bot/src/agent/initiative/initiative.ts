import type { Clock } from '@parley/protocol';
import { type ThoughtSituation, thoughtGateOf } from './thought-gate.ts';

/** How often it is looked whether the agent may speak, ms. */
const lookEveryMs = 5000;

export interface InitiativeOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly situation: () => Omit<ThoughtSituation, 'quietSince' | 'triedAt'>;
  /** Has the agent say something. @returns whether it does */
  readonly speak: () => boolean;
}

/** Lets the agent speak of its own accord when it has long been quiet: by its eagerness, and never twice in a minute. */
export class Initiative implements Disposable {
  readonly #options: InitiativeOptions;
  readonly #timer: Disposable;
  #quietSince: number;
  #triedAt: number;

  constructor(options: InitiativeOptions) {
    this.#options = options;
    this.#quietSince = this.#nowMs;
    this.#triedAt = Number.NEGATIVE_INFINITY;
    this.#timer = options.clock.setInterval(() => this.#look(), lookEveryMs);
  }

  /** Somebody speaks, the agent included. */
  heard(): void {
    this.#quietSince = this.#nowMs;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  #look(): void {
    const { situation, random, speak } = this.#options;
    const now = situation();
    const { eagerness } = now;
    const gate = thoughtGateOf({ ...now, quietSince: this.#quietSince, triedAt: this.#triedAt }, this.#nowMs);
    if (gate !== null) return;
    this.#triedAt = this.#nowMs;
    if (random() * 100 < eagerness) speak();
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
