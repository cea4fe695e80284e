import type { KeptCapture } from '../hearing/kept-capture.ts';
import type { WordsSource } from '../hearing/words/words-source.ts';
import type { ProviderSession } from '../provider/realtime-provider.ts';
import { CaptureTexts, type SaidByPerson } from './capture-texts.ts';
import type { ReplyInput } from './reply-input.ts';

export interface TextInputOptions {
  readonly words: WordsSource;
  readonly session: () => ProviderSession | null;
  readonly nameOf: (userId: string) => string;
  /** The model was told what somebody said. */
  readonly onTold: (said: SaidByPerson) => void;
  /** More is known than before. */
  readonly onFed: () => void;
}

/** What people said as text, each with their name, to a realtime model (reply path `bridge`). */
export class TextInput implements ReplyInput {
  readonly #options: TextInputOptions;
  readonly #texts: CaptureTexts;

  constructor(options: TextInputOptions) {
    this.#options = options;
    this.#texts = new CaptureTexts(options.words, () => options.onFed());
  }

  give(kept: KeptCapture): void {
    this.#texts.give(kept);
  }

  takeBack(captureId: string): void {
    this.#texts.takeBack(captureId);
  }

  want(captureIds: readonly string[]): boolean {
    const { session, nameOf, onTold } = this.#options;
    const open = session();
    if (open === null || !this.#texts.has(captureIds)) return false;
    for (const said of this.#texts.take(captureIds)) {
      open.addText({ role: 'user', text: `${nameOf(said.userId)}: ${said.text}` });
      onTold(said);
    }
    return true;
  }

  endTurn(): boolean {
    return false;
  }

  hold(): void {
    // Text does not stop a model: it is added when an answer to it is asked for.
  }

  restart(): void {
    // What was told is in the conversation that a fresh one begins with.
  }

  pump(): void {
    // Nothing waits for the conversation but the question itself.
  }

  captureOf(): string | null {
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#texts[Symbol.dispose]();
  }
}
