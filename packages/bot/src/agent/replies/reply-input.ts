import type { KeptCapture } from '../hearing/kept-capture.ts';

/** How turns come to a realtime model. */
export interface ReplyInput extends AsyncDisposable {
  give(kept: KeptCapture): void;
  takeBack(captureId: string): void;
  /** An answer to these is wanted. @returns whether the model has them all, so that it can be asked */
  want(captureIds: readonly string[]): boolean;
  /** The model is about to be asked. @returns whether it answers by this, without being asked */
  endTurn(): boolean;
  /** What comes now would stop the model: it waits. */
  hold(held: boolean): void;
  /** The conversation knows nothing of what was being said. */
  restart(): void;
  /** Goes on as far as it can. */
  pump(): void;
  /** Which capture the provider means by a turn; null: none that is known. */
  captureOf(turnId: string): string | null;
}
