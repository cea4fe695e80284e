import type { Hole, HoleReason } from '@parley/mux';

/** What a hole concerns: everybody for one reason, or one person. */
type Key = `all ${HoleReason}` | `person ${string}`;

interface OpenHole {
  readonly reason: HoleReason;
  readonly userId?: string;
  readonly sinceUs: number;
}

export interface HolesOptions {
  /** A stretch of the recording without capture is over, or is told in parts. */
  readonly onHole: (hole: Hole) => void;
  /** Position of an instant of CLOCK_MONOTONIC (microseconds) on the recording's clock. */
  readonly sampleAt: (us: number) => number;
}

/** The stretches without capture that are going on. Times are microseconds of CLOCK_MONOTONIC; what lies before sample 0 is cut off. */
export class Holes {
  #options: HolesOptions;
  #open = new Map<Key, OpenHole>();

  constructor(options: HolesOptions) {
    this.#options = options;
  }

  /** Nothing can be captured of anybody since then. A hole of this reason that is open already goes on. */
  begin(reason: HoleReason, sinceUs: number): void {
    const key: Key = `all ${reason}`;
    if (!this.#open.has(key)) this.#open.set(key, { reason, sinceUs });
  }

  beginPerson(userId: string, reason: HoleReason, sinceUs: number): void {
    const key: Key = `person ${userId}`;
    if (!this.#open.has(key)) this.#open.set(key, { reason, userId, sinceUs });
  }

  end(reason: HoleReason, atUs: number): void {
    this.#close(`all ${reason}`, atUs);
  }

  endPerson(userId: string, atUs: number): void {
    this.#close(`person ${userId}`, atUs);
  }

  /** It turned out that nothing was missing. */
  discard(reason: HoleReason): void {
    this.#open.delete(`all ${reason}`);
  }

  /** Tells of what is missing so far of one person; the hole goes on. */
  checkpoint(userId: string, atUs: number): void {
    const key: Key = `person ${userId}`;
    const open = this.#open.get(key);
    if (!open) return;
    this.#tell(open, atUs);
    this.#open.set(key, { ...open, sinceUs: atUs });
  }

  /** The recording ends: every hole that is open reaches to its end. */
  endAll(atUs: number): void {
    for (const key of [...this.#open.keys()]) this.#close(key, atUs);
  }

  /** Tells of every open hole up to here and lets each go on: a recording ends, or another begins. */
  split(atUs: number): void {
    for (const [key, open] of [...this.#open]) {
      this.#tell(open, atUs);
      this.#open.set(key, { ...open, sinceUs: atUs });
    }
  }

  #close(key: Key, atUs: number): void {
    const open = this.#open.get(key);
    if (!open) return;
    this.#open.delete(key);
    this.#tell(open, atUs);
  }

  #tell({ reason, userId, sinceUs }: OpenHole, atUs: number): void {
    const fromSample = Math.max(0, this.#options.sampleAt(sinceUs));
    const toSample = Math.max(0, this.#options.sampleAt(atUs));
    if (toSample <= fromSample) return;
    this.#options.onHole({ fromSample, toSample, reason, ...(userId === undefined ? {} : { userId }) });
  }
}
