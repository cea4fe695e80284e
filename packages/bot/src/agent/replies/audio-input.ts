import type { KeptCapture } from '../hearing/kept-capture.ts';
import type { ReplyInput } from './reply-input.ts';
import { TurnFeeder, type TurnFeederOptions } from './turn-feeder.ts';

/** Turns of which it is remembered whose they are. */
const rememberedTurns = 256;

export interface AudioInputOptions extends Omit<TurnFeederOptions, 'onFed'> {
  /** More is with the provider than before. */
  readonly onFed: () => void;
}

/** Speech to a model that hears (reply path `native`). */
export class AudioInput implements ReplyInput {
  readonly #feeder: TurnFeeder;
  readonly #answersTurnsItself: boolean;
  readonly #captures = new Map<string, string>();

  constructor({ onFed, ...options }: AudioInputOptions) {
    this.#answersTurnsItself = options.capabilities.answersTurnsItself;
    this.#feeder = new TurnFeeder({
      ...options,
      onFed: (captureId, turnId) => {
        if (turnId !== null) this.#captures.set(turnId, captureId);
        if (this.#captures.size > rememberedTurns) this.#captures.delete([...this.#captures.keys()][0] ?? '');
        onFed();
      },
    });
  }

  give(kept: KeptCapture): void {
    this.#feeder.give(kept);
  }

  takeBack(captureId: string): void {
    this.#feeder.takeBack(captureId);
  }

  want(captureIds: readonly string[]): boolean {
    return this.#feeder.want(captureIds);
  }

  endTurn(): boolean {
    this.#feeder.endTurn();
    return this.#answersTurnsItself;
  }

  hold(held: boolean): void {
    this.#feeder.hold(held);
  }

  restart(): void {
    this.#feeder.restart();
  }

  pump(): void {
    this.#feeder.pump();
  }

  captureOf(turnId: string): string | null {
    return this.#captures.get(turnId) ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#captures.clear();
  }
}
