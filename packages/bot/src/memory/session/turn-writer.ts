import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/store.ts';
import { MemoryError } from '../memory-error.ts';
import type { SafetyFinding } from '../recorder/safety-check.ts';
import type { TurnRecorder, VoiceTurn } from '../recorder/turn-recorder.ts';
import type { RecordableTurn } from '../turns/turn-event.ts';

export interface TurnWriterOptions {
  readonly store: Pick<Store, 'memory'>;
  readonly recorder: TurnRecorder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessionId: string;
  readonly guildId: string;
  readonly newId: () => string;
  readonly mayRemember: (userId: string) => Promise<boolean>;
  readonly runtime: () => Readonly<Record<string, string>>;
  readonly onFinding: (finding: SafetyFinding) => void;
  /** A turn is on disk, or is given up. */
  readonly onDone: (turnId: string) => void;
}

/** Pauses before a write that failed is repeated, milliseconds; after the last the turn is given up. */
export const retryPausesMs = [1000, 4000, 15_000] as const;

/**
 * Writes the turns of one conversation, one after the other: opens its thread with the first, repeats what fails under the same id, and
 * goes on in another thread where the first has ended because nobody spoke.
 */
export class TurnWriter {
  readonly #options: TurnWriterOptions;
  #work: Promise<void> = Promise.resolve();
  /** Random, so that turns of two runs of one session are never taken for one another. */
  readonly #run: string;
  #threadId: string | null = null;
  #turnCount = 0;
  #closing = Promise.withResolvers<void>();
  #isClosing = false;

  constructor(options: TurnWriterOptions) {
    this.#options = options;
    this.#run = options.newId();
  }

  /** null: nothing has been written yet. */
  get threadId(): string | null {
    return this.#threadId;
  }

  get turnCount(): number {
    return this.#turnCount;
  }

  write(turn: RecordableTurn): void {
    this.#work = this.#work.then(async () => {
      await this.#write(turn);
      this.#options.onDone(turn.turnId);
    });
  }

  /** Waits for what is being written; what still fails is repeated once more, at once. Never rejects. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#closing.resolve();
    // What is written may lead to the next turn.
    for (let work = null; work !== this.#work; ) {
      work = this.#work;
      await work;
    }
  }

  /** Never rejects: a turn that cannot be written is given up and told in the log, without its words. */
  async #write({ turnId, ...turn }: RecordableTurn): Promise<void> {
    const { logger, mayRemember, onFinding, recorder, runtime, sessionId } = this.#options;
    const clientTurnId = `${this.#run}/${turnId}`;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const allowed = await Promise.all(turn.speakers.map((userId) => mayRemember(userId)));
        if (allowed.includes(false)) return;
        const threadId = this.#threadId ?? (await this.#open());
        const told: VoiceTurn = { ...turn, threadId, clientTurnId, channel: 'voice', runtime: runtime() };
        const { finding, turnCount } = await recorder.record(told);
        this.#turnCount = turnCount;
        if (finding !== null) onFinding(finding);
        return;
      } catch (error) {
        const pauseMs = retryPausesMs[attempt];
        if (error instanceof MemoryError && error.code === 'thread_ended' && attempt === 0) {
          this.#threadId = null;
          continue;
        }
        if (error instanceof MemoryError || pauseMs === undefined) {
          logger.error({ err: error, sessionId, turnId }, 'a turn was not remembered');
          return;
        }
        logger.warn({ err: error, sessionId, turnId }, 'a turn could not be written, and is tried again');
        if (this.#isClosing && attempt > 0) return;
        await this.#pause(pauseMs);
      }
    }
  }

  async #open(): Promise<string> {
    const { clock, guildId, newId, sessionId, store } = this.#options;
    const threadId = newId();
    await store.memory.opened({
      threadId,
      surface: 'discord',
      ownerId: null,
      guildId,
      sessionId,
      createdAt: clock.now(),
    });
    this.#threadId = threadId;
    return threadId;
  }

  /** Until it is time, or the session ends. */
  async #pause(ms: number): Promise<void> {
    const due = Promise.withResolvers<void>();
    using _timer = this.#options.clock.setTimeout(() => due.resolve(), ms);
    await Promise.race([due.promise, this.#closing.promise]);
  }
}
