/** Messages kept for one that is missing before them. */
const MAX_HELD = 8;

/** Messages in the order of their numbers, from 0. One that does not come is waited for until eight after it have. */
export class SeqOrder<T> {
  #next = 0;
  #held = new Map<number, T>();
  #missing = 0;

  /** Numbers that were given up. */
  get missing(): number {
    return this.#missing;
  }

  /** The number that is due. */
  get next(): number {
    return this.#next;
  }

  /**
   * Takes a message.
   * @returns what may be worked on now, in order; null for one that comes twice or too late
   */
  push(seq: number, item: T): T[] | null {
    if (seq < this.#next || this.#held.has(seq)) return null;
    this.#held.set(seq, item);
    const ready = this.#take();
    if (this.#held.size <= MAX_HELD) return ready;
    this.#skip();
    return [...ready, ...this.#take()];
  }

  /** Gives up what is missing up to `end` (exclusive). @returns what was held, in order */
  finish(end: number): T[] {
    const ready: T[] = [];
    while (this.#held.size > 0) {
      this.#skip();
      ready.push(...this.#take());
    }
    this.#missing += Math.max(0, end - this.#next);
    this.#next = Math.max(this.#next, end);
    return ready;
  }

  #take(): T[] {
    const ready: T[] = [];
    for (let item = this.#held.get(this.#next); item !== undefined; item = this.#held.get(this.#next)) {
      this.#held.delete(this.#next);
      this.#next += 1;
      ready.push(item);
    }
    return ready;
  }

  #skip(): void {
    const lowest = Math.min(...this.#held.keys());
    this.#missing += lowest - this.#next;
    this.#next = lowest;
  }
}
