/** Jobs of one guild that may wait besides the one that runs, and of all guilds together. */
export const exportQueueLimits = { guild: 3, all: 20, atOnce: 2 } as const;

/** What became of a wish: it runs or will; or the queue is full. `ahead`: jobs of the guild before it. */
export type Enqueued = { readonly accepted: true; readonly ahead: number } | { readonly accepted: false };

interface Waiting {
  readonly guildId: string;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/**
 * Work by guild: one at a time in each, two at once on the whole machine, in order of arrival, bounded. Disposing aborts what runs,
 * runs what waits with a signal that is aborted already, and resolves when all of it has ended.
 */
export class ExportQueue implements AsyncDisposable {
  #waiting: Waiting[] = [];
  #running = new Map<string, Promise<void>>();
  #stop = new AbortController();

  /** Waiting and running jobs. */
  get size(): number {
    return this.#waiting.length + this.#running.size;
  }

  /** `run` never rejects; it is told by the signal that the end has come. */
  enqueue(guildId: string, run: (signal: AbortSignal) => Promise<void>): Enqueued {
    const waiting = this.#waiting.filter((job) => job.guildId === guildId).length;
    const full = waiting >= exportQueueLimits.guild || this.#waiting.length >= exportQueueLimits.all;
    if (full || this.#stop.signal.aborted) return { accepted: false };
    this.#waiting.push({ guildId, run });
    const ahead = waiting + (this.#running.has(guildId) ? 1 : 0);
    this.#next();
    return { accepted: true, ahead };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    const left = this.#waiting.splice(0);
    await Promise.all([...this.#running.values(), ...left.map(({ run }) => run(this.#stop.signal))]);
  }

  #next(): void {
    while (this.#running.size < exportQueueLimits.atOnce) {
      const index = this.#waiting.findIndex(({ guildId }) => !this.#running.has(guildId));
      const [job] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (job === undefined) return;
      const running = job.run(this.#stop.signal).finally(() => {
        this.#running.delete(job.guildId);
        this.#next();
      });
      this.#running.set(job.guildId, running);
    }
  }
}
