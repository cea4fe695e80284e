import type { DropReason } from '@parley/mux';
import type { Tally } from '../receive/tally.ts';

/** What was received, or missed, but belongs to no segment, over all people. */
export class Leftovers {
  #received = 0;
  #lost = 0;
  readonly #dropped: Partial<Record<DropReason, number>> = {};

  get received(): number {
    return this.#received;
  }

  /** Packets that never came. */
  get lost(): number {
    return this.#lost;
  }

  get dropped(): Partial<Record<DropReason, number>> {
    return { ...this.#dropped };
  }

  /** Adds what a person's last tally holds. */
  add(tally: Tally): void {
    this.#received += tally.received;
    this.#lost += tally.lost;
    for (const [reason, packets] of Object.entries(tally.dropped) as [DropReason, number][]) {
      this.#dropped[reason] = (this.#dropped[reason] ?? 0) + packets;
    }
  }
}
