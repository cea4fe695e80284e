import { Recent } from './recent.ts';

/** Which turn a provider's item is: commits are answered in their order. */
export class CommittedTurns {
  #waiting: string[] = [];
  readonly #byItem = new Recent<string>(256);

  commit(turnId: string): void {
    this.#waiting.push(turnId);
  }

  /** The provider made an item of the oldest commit. */
  committed(itemId: string): void {
    const turnId = this.#waiting.shift();
    if (turnId !== undefined) this.#byItem.set(itemId, turnId);
  }

  /** The provider refused a commit, named by its turn or, where it does not say which, the oldest. @returns whether there was one */
  refused(turnId: string | null): boolean {
    if (turnId === null) return this.#waiting.shift() !== undefined;
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((one) => one !== turnId);
    return this.#waiting.length < before;
  }

  turnOf(itemId: string): string | null {
    return this.#byItem.get(itemId) ?? null;
  }
}
