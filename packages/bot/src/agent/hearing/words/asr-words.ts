import type { Clock } from '@parley/protocol';
import type { Logger } from '../../../log.ts';
import type { Transcriber, TranscriberConfig } from '../../provider/transcriber.ts';
import type { KeptCapture } from '../kept-capture.ts';
import { AsrLane } from './asr-lane.ts';
import type { OnWords, WordsSource } from './words-source.ts';

/** A socket nobody has spoken into for this long is closed, ms. */
export const idleMs = 60_000;

export interface AsrWordsOptions {
  readonly transcriber: Transcriber;
  /** As it is set now; a socket keeps what it was opened with. */
  readonly config: () => TranscriberConfig;
  /** One socket for each speaker, or one for all. */
  readonly perUser: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Speech that was paid for. */
  readonly spent: (audioMs: number, userId: string) => void;
}

/** Words by transcription sockets: each speaker's own, or one that takes one voice after the other. */
export class AsrWords implements WordsSource {
  readonly #options: AsrWordsOptions;
  readonly #lanes = new Map<string, { readonly lane: AsrLane; idle: Disposable | null }>();

  constructor(options: AsrWordsOptions) {
    this.#options = options;
  }

  /** Sockets that are open or about to be. */
  get open(): number {
    return this.#lanes.size;
  }

  /** Opens a socket before somebody speaks, so that their first words need not wait for it. */
  prepare(userId: string): void {
    this.#laneOf(userId);
  }

  follow(capture: KeptCapture, onWords: OnWords): Disposable {
    return this.#laneOf(capture.userId).follow(capture, onWords);
  }

  async idle(): Promise<void> {
    const lanes = [...this.#lanes.keys()];
    await Promise.all(lanes.map((key) => this.#close(key)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle();
  }

  #laneOf(userId: string): AsrLane {
    const key = this.#options.perUser ? userId : 'all';
    const known = this.#lanes.get(key);
    if (known) {
      this.#restartIdle(key);
      return known.lane;
    }
    const { transcriber, config, logger, spent } = this.#options;
    const lane: AsrLane = new AsrLane({
      ...{ transcriber, config: config(), logger, spent },
      onUse: () => this.#restartIdle(key),
      onClosed: () => {
        if (this.#lanes.get(key)?.lane === lane) void this.#close(key);
      },
    });
    this.#lanes.set(key, { lane, idle: null });
    this.#restartIdle(key);
    return lane;
  }

  #restartIdle(key: string): void {
    const known = this.#lanes.get(key);
    if (!known) return;
    known.idle?.[Symbol.dispose]();
    known.idle = this.#options.clock.setTimeout(() => {
      if (known.lane.isBusy) this.#restartIdle(key);
      else void this.#close(key);
    }, idleMs);
  }

  async #close(key: string): Promise<void> {
    const known = this.#lanes.get(key);
    this.#lanes.delete(key);
    known?.idle?.[Symbol.dispose]();
    await known?.lane[Symbol.asyncDispose]();
  }
}
