import type { KeptCapture } from '../kept-capture.ts';

/** What is understood of one capture: the text so far, and once the last word of it. Must not throw. */
export type OnWords = (text: string, final: boolean) => void;

/** Turns captures into words. A capture of which nobody can tell words gets an empty final, once, so that nobody waits for it. */
export interface WordsSource extends AsyncDisposable {
  /** Somebody is likely to speak soon: what has to be opened for their words is. */
  prepare?(userId: string): void;
  /** Nobody is listened to for now: what costs or waits is closed, until the next capture. */
  idle?(): Promise<void>;
  /** Begins with a capture: all that was kept of it and what comes. Disposing forgets it; nothing is told of it then. */
  follow(capture: KeptCapture, onWords: OnWords): Disposable;
}
