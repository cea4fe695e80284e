import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/store.ts';
import type { Background } from '../../vox/background.ts';
import type { ThreadEnder } from './thread-ender.ts';

/** A thread in which nobody spoke for so long ends, milliseconds. */
export const idleMs = 20 * 60_000;
/** How often that is looked at, milliseconds. */
export const sweepMs = 30_000;

export interface ThreadSweeperOptions {
  readonly store: Pick<Store, 'memory'>;
  readonly ender: Pick<ThreadEnder, 'end' | 'resume'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/** Ends threads that nobody goes on with. */
export class ThreadSweeper implements Disposable {
  readonly #options: ThreadSweeperOptions;
  readonly #timer: Disposable;
  #sweeping = false;

  constructor(options: ThreadSweeperOptions) {
    this.#options = options;
    const { clock, background } = options;
    this.#timer = clock.setInterval(() => background.run('idle conversations', () => this.#sweep()), sweepMs);
  }

  /** Ends what was left by a former supervisor, whatever state it was left in; `isLive`: threads of now. Never rejects. */
  async resume(isLive: (threadId: string) => boolean): Promise<void> {
    const { store, clock, ender, logger } = this.#options;
    try {
      for (const thread of await store.memory.unfinished(clock.now() + 1)) {
        if (!isLive(thread.threadId)) await ender.resume(thread);
      }
    } catch (error) {
      logger.error({ err: error }, 'conversations left behind could not be ended');
    }
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  /** One sweep at a time: a model may think for long. */
  async #sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    const { store, clock, ender, logger } = this.#options;
    try {
      const idle = await store.memory.unfinished(clock.now() - idleMs);
      for (const { threadId, state } of idle) if (state === 'open') await ender.end(threadId);
    } catch (error) {
      logger.warn({ err: error }, 'idle conversations could not be looked for');
    } finally {
      this.#sweeping = false;
    }
  }
}
