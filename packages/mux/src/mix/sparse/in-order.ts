/**
 * Brings results that arrive in any order into the order of their numbers, and holds back those who would run too far ahead.
 */
export class InOrder<T> {
  readonly #take: (value: T) => void;
  readonly #room: number;
  readonly #early = new Map<number, T>();
  #next = 0;
  #moved = Promise.withResolvers<void>();

  /** @param room how many numbers beyond the next one to be taken may be worked on */
  constructor(room: number, take: (value: T) => void) {
    this.#room = room;
    this.#take = take;
  }

  /** Resolves when work on this number may begin. */
  async mayStart(number: number): Promise<void> {
    while (number - this.#next >= this.#room) await this.#moved.promise;
  }

  /** Takes a result, and everything that waited for it. @throws what `take` throws */
  put(number: number, value: T): void {
    this.#early.set(number, value);
    for (;;) {
      const next = this.#early.get(this.#next);
      if (next === undefined) break;
      this.#early.delete(this.#next);
      this.#take(next);
      this.#next += 1;
    }
    this.#moved.resolve();
    this.#moved = Promise.withResolvers<void>();
  }
}
