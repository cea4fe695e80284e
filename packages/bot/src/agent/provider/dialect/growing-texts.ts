import { Recent } from './recent.ts';

/** Texts that come in pieces, each whole once. */
export class GrowingTexts {
  readonly #texts = new Recent<{ text: string; whole: boolean }>(64);

  /** @returns all of the text so far; null when it is whole already */
  add(id: string, piece: string): string | null {
    const known = this.#texts.get(id);
    if (known?.whole === true) return null;
    const text = (known?.text ?? '') + piece;
    this.#texts.set(id, { text, whole: false });
    return text;
  }

  /** @param text the whole text; null: what came in pieces is all @returns null when it was whole before */
  whole(id: string, text: string | null): string | null {
    const known = this.#texts.get(id);
    if (known?.whole === true) return null;
    const all = text ?? known?.text ?? '';
    this.#texts.set(id, { text: all, whole: true });
    return all;
  }
}
