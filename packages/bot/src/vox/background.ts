import type { Logger } from '../log.ts';

/** The one place for promises nobody awaits: each has a name, its failure is logged, and an end can wait for all of them. */
export class Background {
  #logger: Logger;
  #running = new Set<Promise<void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** How many tasks are still running. */
  get size(): number {
    return this.#running.size;
  }

  /** Runs `task` without anybody waiting; `bindings` go into the log line of a failure. */
  run(name: string, task: () => Promise<unknown>, bindings: Record<string, unknown> = {}): void {
    const running = (async () => {
      try {
        await task();
      } catch (error) {
        this.#logger.error({ ...bindings, task: name, err: error }, 'a background task failed');
      }
    })();
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  /** Resolves when nothing is running any more, tasks started meanwhile included. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
