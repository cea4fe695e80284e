import { Recent } from './recent.ts';

/** How to take what was not heard out of the provider's context. */
export type Truncation =
  | { readonly how: 'delete' }
  | { readonly how: 'truncate'; readonly audioEndMs: number }
  /** All of it was heard, or it is not known here. */
  | { readonly how: 'leave'; readonly why: 'heard' | 'unknown' };

/**
 * How much audio of each item came. A truncation beyond it is refused, one at 0 too (the item is deleted instead), and one of an item
 * that was heard whole makes the model repeat itself.
 */
export class ItemAudio {
  readonly #items = new Recent<{ ms: number; whole: boolean }>(64);

  received(itemId: string, ms: number): void {
    const item = this.#items.get(itemId);
    if (item === undefined) this.#items.set(itemId, { ms, whole: false });
    else item.ms += ms;
  }

  /** Nothing more of it comes. */
  whole(itemId: string): void {
    const item = this.#items.get(itemId);
    if (item !== undefined) item.whole = true;
  }

  /** @param heardMs what was played of the item; what is no number counts as nothing */
  truncation(itemId: string, heardMs: number): Truncation {
    const item = this.#items.get(itemId);
    if (item === undefined) return { how: 'leave', why: 'unknown' };
    const audioEndMs = Math.floor(Math.min(Number.isFinite(heardMs) ? heardMs : 0, item.ms));
    if (audioEndMs <= 0) return { how: 'delete' };
    if (item.whole && audioEndMs >= Math.floor(item.ms)) return { how: 'leave', why: 'heard' };
    return { how: 'truncate', audioEndMs };
  }

  forget(itemId: string): void {
    this.#items.delete(itemId);
  }
}
