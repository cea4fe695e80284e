/** How long something received may wait for what it lacks, microseconds (03-recording §1, §1.5). */
export const HOLD_US = 2_000_000;

interface Held<K, T> {
  readonly key: K;
  readonly item: T;
  readonly arrivalUs: number;
}

/**
 * What was received but cannot be used yet, in order of arrival, by what it waits for (an SSRC's owner, a person's key). Bounded by
 * number; the oldest gives way. Everything leaves by `take`, by `expired`, or by overflow, exactly once.
 */
export class HoldQueue<K, T> {
  #held: Held<K, T>[] = [];
  #limit: number;
  #giveUp: (item: T, key: K) => void;

  /** `giveUp` gets what waited too long or had to give way. */
  constructor(limit: number, giveUp: (item: T, key: K) => void) {
    this.#limit = limit;
    this.#giveUp = giveUp;
  }

  get size(): number {
    return this.#held.length;
  }

  add(key: K, item: T, arrivalUs: number): void {
    this.#held.push({ key, item, arrivalUs });
    if (this.#held.length <= this.#limit) return;
    const oldest = this.#held.shift();
    if (oldest) this.#giveUp(oldest.item, oldest.key);
  }

  /** Takes out everything that waits for `key`, oldest first. */
  take(key: K): T[] {
    const taken = this.#held.filter((held) => held.key === key).map((held) => held.item);
    if (taken.length > 0) this.#held = this.#held.filter((held) => held.key !== key);
    return taken;
  }

  /** Takes out everything, oldest first. */
  takeAll(): { readonly key: K; readonly item: T; readonly arrivalUs: number }[] {
    return this.#held.splice(0);
  }

  /** Gives up what has waited longer than the hold. */
  expire(nowUs: number): void {
    if (this.#held.length === 0) return;
    const expired = this.#held.filter((held) => nowUs - held.arrivalUs >= HOLD_US);
    if (expired.length === 0) return;
    this.#held = this.#held.filter((held) => nowUs - held.arrivalUs < HOLD_US);
    for (const { item, key } of expired) this.#giveUp(item, key);
  }

  /** Gives up everything. */
  clear(): void {
    for (const { item, key } of this.#held.splice(0)) this.#giveUp(item, key);
  }
}
