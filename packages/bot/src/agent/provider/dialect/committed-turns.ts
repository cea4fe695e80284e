import { Recent } from './recent.ts';

/** Which turn a provider's item is: commits are answered in their order. */
export class CommittedTurns {
  readonly #waiting: string[] = [];
  readonly #byItem = new Recent<string>(256);

  commit(turnId: string): void {
    this.#waiting.push(turnId);
  }

  /** The provider made an item of the oldest commit. */
  committed(itemId: string): void {
    const turnId = this.#waiting.shift();
    if (turnId !== undefined) this.#byItem.set(itemId, turnId);
  }

  /** The provider refused a commit, named by its turn or, where it does not say which, the oldest. @returns the turn; null: there is none */
  refused(turnId: string | null): string | null {
    const at = turnId === null ? 0 : this.#waiting.indexOf(turnId);
    return at < 0 ? null : (this.#waiting.splice(at, 1)[0] ?? null);
  }

  turnOf(itemId: string): string | null {
    return this.#byItem.get(itemId) ?? null;
  }
}
