/** One task at a time per key, in the order they came. A task that fails does not disturb those behind it. */
export class KeyedMutex {
  #tails = new Map<string, Promise<unknown>>();

  /** Keys somebody holds or waits for. */
  get size(): number {
    return this.#tails.size;
  }

  /** Runs `task` when everybody before it under this key is done; returns or throws what it does. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = before.then(task, task);
    const tail = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
