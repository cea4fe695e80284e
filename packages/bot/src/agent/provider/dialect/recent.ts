/** The last `most` keys and what belongs to them; older ones are forgotten. */
export class Recent<Value> {
  readonly #most: number;
  readonly #kept = new Map<string, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): Value | undefined {
    return this.#kept.get(key);
  }

  has(key: string): boolean {
    return this.#kept.has(key);
  }

  set(key: string, value: Value): void {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
  }

  /** A copy of what is kept, oldest first. */
  entries(): readonly (readonly [string, Value])[] {
    return [...this.#kept];
  }

  delete(key: string): void {
    this.#kept.delete(key);
  }
}
