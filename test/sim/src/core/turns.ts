/**
 * Runs jobs one a turn of the event loop, in order. MLS commits of large groups take 20 ms each; strung together they
 * would hold up everybody's speech, so timers get their chance between any two.
 */
export class Turns {
  readonly #jobs: (() => void)[] = [];
  #pending: NodeJS.Immediate | null = null;

  add(job: () => void): void {
    this.#jobs.push(job);
    this.#pending ??= setImmediate(this.#run);
  }

  close(): void {
    if (this.#pending) clearImmediate(this.#pending);
    this.#pending = null;
    this.#jobs.length = 0;
  }

  readonly #run = (): void => {
    this.#pending = null;
    const job = this.#jobs.shift();
    try {
      job?.();
    } finally {
      if (this.#jobs.length > 0) this.#pending ??= setImmediate(this.#run);
    }
  };
}
