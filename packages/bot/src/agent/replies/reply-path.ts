import type { KeptCapture } from '../hearing/kept-capture.ts';
import type { TurnStage } from '../observe/turn-stage.ts';
import type { ProviderEvent } from '../provider/provider-event.ts';
import type { FloorEvent } from '../turns/index.ts';

/** What is to be answered. */
export interface ReplyTurn {
  readonly turnId: string;
  /** In the order they were said. */
  readonly captureIds: readonly string[];
  /** Whose authority the reply has. */
  readonly speakers: readonly string[];
}

/** Something the agent says without having been asked. */
export interface UnaskedWish {
  readonly why: 'greeting' | 'say' | 'thought' | 'notice';
  /** For this once, what to say and how. */
  readonly instructions: string;
  /** Who asked for it by command; empty: nobody. */
  readonly speakers: readonly string[];
}

/** What was said, as far as people could hear it. */
export interface SaidText {
  readonly turnId: string | null;
  readonly text: string;
  /** What of it was not heard any more; empty: all was. */
  readonly cutOff: string;
}

/** Whoever follows the replies. Must not throw. */
export interface ReplyWatcher {
  floor(event: FloorEvent): void;
  /** A stage of the answer to a turn is reached now. */
  stage(turnId: string, stage: TurnStage, leadingSilenceMs?: number): void;
  said(said: SaidText): void;
  /** In text-only mode: what stands in the text channel. */
  wrote(text: string): void;
  /** What a person said, by the model that heard it. */
  understood(captureId: string, text: string, final: boolean): void;
}

/** How turns become answers. Nothing of it throws: what fails is an event of the floor. */
export interface ReplyPath extends AsyncDisposable {
  /** A capture is for the model: what was kept of it, and what comes. */
  give(kept: KeptCapture): void;
  /** A capture is not for it after all, or is to be forgotten. */
  takeBack(captureId: string): void;
  request(turn: ReplyTurn): void;
  /** The reply is not wanted any more; none of it was heard. */
  withdraw(turnId: string): void;
  pause(): void;
  resume(): void;
  /** Silences what is being said, for good. */
  cut(): void;
  /** Says something of its own accord. @returns false: it cannot now */
  say(wish: UnaskedWish): boolean;
  /** Somebody speaks: a thought that nobody has heard yet is stale. */
  dropThought(): void;
  /** What the provider says. */
  event(event: ProviderEvent): void;
  /** The conversation with the provider is open, or gone. */
  linkChanged(): void;
}
