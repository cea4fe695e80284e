import type { KeptCapture } from '../hearing/kept-capture.ts';
import type { WordsSource } from '../hearing/words/words-source.ts';

/** What a person said, in words. Whose it is was fixed by the capture. */
export interface SaidByPerson {
  readonly captureId: string;
  readonly userId: string;
  readonly text: string;
}

interface Known {
  readonly userId: string;
  text: string | null;
  told: boolean;
  following: Disposable | null;
}

/** Captures of which words are remembered. */
const most = 64;

/** The words of captures that are for the model, for reply paths that give it text. */
export class CaptureTexts implements Disposable {
  readonly #words: WordsSource;
  readonly #onFinal: (said: SaidByPerson) => void;
  readonly #known = new Map<string, Known>();

  /** @param onFinal the words of a capture are known; empty where none were understood */
  constructor(words: WordsSource, onFinal: (said: SaidByPerson) => void) {
    this.#words = words;
    this.#onFinal = onFinal;
  }

  give(kept: KeptCapture): void {
    const { captureId, userId } = kept;
    if (this.#known.has(captureId)) return;
    const known: Known = { userId, text: null, told: false, following: null };
    this.#known.set(captureId, known);
    if (this.#known.size > most) this.takeBack([...this.#known.keys()][0] ?? '');
    known.following = this.#words.follow(kept, (text, final) => {
      if (!final || known.text !== null) return;
      known.text = text;
      this.#onFinal({ captureId, userId, text });
    });
  }

  takeBack(captureId: string): void {
    this.#known.get(captureId)?.following?.[Symbol.dispose]();
    this.#known.delete(captureId);
  }

  /** Whether the words of all of these are known, as far as they ever will be. */
  has(captureIds: readonly string[]): boolean {
    return captureIds.every((captureId) => {
      const known = this.#known.get(captureId);
      return known === undefined || known.text !== null;
    });
  }

  /** Words of these that the model has not been told yet; from here on it has. */
  take(captureIds: readonly string[]): readonly SaidByPerson[] {
    return captureIds.flatMap((captureId) => {
      const known = this.#known.get(captureId);
      if (!known || known.told || known.text === null) return [];
      known.told = true;
      return known.text === '' ? [] : [{ captureId, userId: known.userId, text: known.text }];
    });
  }

  [Symbol.dispose](): void {
    for (const captureId of [...this.#known.keys()]) this.takeBack(captureId);
  }
}
