import { HOLD_US } from '../voice/hold-queue.ts';
import type { Holes } from './holes.ts';

export interface KeyGapOptions {
  readonly holes: Pick<Holes, 'begin' | 'end'>;
  /** Frames that still wait for a key. */
  readonly held: () => number;
}

/**
 * The stretch in which audio comes that no key opens yet: between a new voice session and its end-to-end encryption, and wherever the
 * call's keys are agreed upon without us. Frames that came too early wait up to two seconds; only when some of them are lost for good
 * is the stretch a hole: a reconnection's then lasts until the keys are there, any other is `undecryptable`. Microseconds of
 * CLOCK_MONOTONIC.
 */
export class KeyGap {
  #holes: KeyGapOptions['holes'];
  #held: () => number;
  /** Since when everything can be opened; null: it cannot. */
  #readySinceUs: number | null = null;
  /** The new voice session is there, and it is not decided yet how far the hole before it reaches. */
  #connectedUs: number | null = null;
  /** The connection is lost since then. */
  #downUs: number | null = null;
  /** Arrival of the first frame that was lost for want of a key. */
  #lostUs: number | null = null;

  constructor({ holes, held }: KeyGapOptions) {
    this.#holes = holes;
    this.#held = held;
  }

  /** Whether what arrives can be opened, as soon as that changes. */
  keys(ready: boolean, nowUs: number): void {
    this.#readySinceUs = ready ? (this.#readySinceUs ?? nowUs) : null;
  }

  /** A frame that arrived while there were no keys is lost. */
  lost(arrivalUs: number): void {
    this.#lostUs = Math.min(this.#lostUs ?? arrivalUs, arrivalUs);
  }

  /** A new voice session stands; `keys` says whether it can open anything, and is told before. */
  connected(nowUs: number): void {
    if (this.#downUs === null) return;
    this.#tellLost(this.#downUs);
    this.#downUs = null;
    this.#connectedUs = nowUs;
    this.tick(nowUs);
  }

  /** The voice session that was lost goes on: nothing is new. */
  resumed(): void {
    this.#downUs = null;
  }

  disconnected(sinceUs: number): void {
    this.#tellLost(sinceUs);
    this.#downUs ??= sinceUs;
    this.#connectedUs = null;
    this.#readySinceUs = null;
  }

  /** To be called a few times a second: decides what can be decided. */
  tick(nowUs: number): void {
    if (this.#downUs !== null) return;
    const ready = this.#readySinceUs;
    const since = ready ?? this.#connectedUs ?? nowUs;
    const decided = this.#held() === 0 || nowUs - since >= HOLD_US;
    if (this.#connectedUs !== null) {
      // Without keys it shows within the hold whether anybody speaks: if not, nothing is missing.
      const silent = this.#lostUs === null && nowUs - since >= HOLD_US;
      if (ready === null ? silent : decided) this.#settleConnection(ready ?? nowUs);
    } else if (ready !== null && decided) {
      this.#tellLost(ready);
    } else if (ready === null && this.#lostUs !== null) {
      this.#holes.begin('undecryptable', this.#lostUs);
    }
  }

  /** The recording ends: what is undecided is decided now. */
  settle(nowUs: number): void {
    if (this.#downUs !== null) this.#tellLost(this.#downUs);
    else if (this.#connectedUs !== null) this.#settleConnection(this.#readySinceUs ?? nowUs);
    else this.#tellLost(this.#readySinceUs ?? nowUs);
  }

  #settleConnection(keysUs: number): void {
    const connectedUs = this.#connectedUs as number;
    this.#connectedUs = null;
    const endUs = this.#lostUs === null ? connectedUs : Math.max(connectedUs, keysUs);
    this.#lostUs = null;
    this.#holes.end('reconnecting', endUs);
    this.#holes.end('no_datagrams', endUs);
  }

  #tellLost(untilUs: number): void {
    const lostUs = this.#lostUs;
    this.#lostUs = null;
    if (lostUs === null) return;
    this.#holes.begin('undecryptable', lostUs);
    this.#holes.end('undecryptable', untilUs);
  }
}
