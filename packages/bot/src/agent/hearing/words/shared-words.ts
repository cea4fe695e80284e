import type { KeptCapture } from '../kept-capture.ts';
import type { OnWords, WordsSource } from './words-source.ts';

interface Shared {
  readonly listeners: Set<OnWords>;
  text: string;
  final: boolean;
  following: Disposable | null;
}

/** Captures of which words are remembered. */
const most = 64;

/** One recognizer for several who want to know: each capture is paid for once, whoever asks later is told what is known. */
export class SharedWords implements WordsSource {
  readonly #source: WordsSource;
  readonly #known = new Map<string, Shared>();

  constructor(source: WordsSource) {
    this.#source = source;
  }

  prepare(userId: string): void {
    this.#source.prepare?.(userId);
  }

  async idle(): Promise<void> {
    for (const captureId of [...this.#known.keys()]) this.#forget(captureId);
    await this.#source.idle?.();
  }

  follow(capture: KeptCapture, onWords: OnWords): Disposable {
    const { captureId } = capture;
    const known = this.#known.get(captureId);
    if (known) return this.#join(captureId, known, onWords);
    const shared: Shared = { listeners: new Set(), text: '', final: false, following: null };
    this.#known.set(captureId, shared);
    if (this.#known.size > most) this.#forget([...this.#known.keys()][0] ?? '');
    const joined = this.#join(captureId, shared, onWords);
    shared.following = this.#source.follow(capture, (text, final) => {
      shared.text = text;
      shared.final = final;
      for (const listener of [...shared.listeners]) listener(text, final);
    });
    return joined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle();
    await this.#source[Symbol.asyncDispose]();
  }

  #join(captureId: string, shared: Shared, onWords: OnWords): Disposable {
    shared.listeners.add(onWords);
    if (shared.text !== '' || shared.final) onWords(shared.text, shared.final);
    return {
      [Symbol.dispose]: () => {
        shared.listeners.delete(onWords);
        // Nobody wants to know any more: a capture that goes on is not recognized to its end.
        if (shared.listeners.size === 0 && !shared.final) this.#forget(captureId);
      },
    };
  }

  #forget(captureId: string): void {
    const shared = this.#known.get(captureId);
    this.#known.delete(captureId);
    shared?.following?.[Symbol.dispose]();
    shared?.listeners.clear();
  }
}
