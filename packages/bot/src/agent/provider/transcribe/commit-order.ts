/**
 * Which of the provider's items is which commit. Commits are made items in their order; the news of it may come in another one, so each item
 * names the one before it (OpenAI's API reference, "input_audio_buffer.committed").
 */
export class CommitOrder {
  readonly #unnamed: string[] = [];
  readonly #byItem = new Map<string, string>();
  readonly #early: { readonly itemId: string; readonly previous: string | null }[] = [];
  #last: string | null = null;

  /** A commit was sent. */
  commit(id: string): void {
    this.#unnamed.push(id);
  }

  /** The provider made an item of a commit. */
  committed(itemId: string, previous: string | null): void {
    if (this.#byItem.has(itemId) || this.#early.some((one) => one.itemId === itemId)) return;
    this.#early.push({ itemId, previous });
    for (;;) {
      // The first of all has none before it, and a provider that names no order never says one.
      const at = this.#early.findIndex(({ previous: before }) => before === null || before === this.#last);
      // What follows an item nobody ever heard of is taken as it came, once all that can come is there.
      const next = at < 0 && this.#early.length >= this.#unnamed.length ? 0 : at;
      const [item] = next < 0 ? [] : this.#early.splice(next, 1);
      const id = item === undefined ? undefined : this.#unnamed.shift();
      if (item === undefined || id === undefined) return;
      this.#byItem.set(item.itemId, id);
      this.#last = item.itemId;
    }
  }

  /** The provider refused a commit; `null`: it does not say which, so it is the oldest. @returns the commit */
  refused(id: string | null): string | null {
    const at = id === null ? 0 : this.#unnamed.indexOf(id);
    return at < 0 ? null : (this.#unnamed.splice(at, 1)[0] ?? null);
  }

  /** The commit an item was made of. */
  of(itemId: string): string | null {
    return this.#byItem.get(itemId) ?? null;
  }

  /** Nothing more comes of an item. */
  forget(itemId: string): void {
    this.#byItem.delete(itemId);
  }
}
