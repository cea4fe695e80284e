interface Task {
  readonly run: () => void;
  readonly isAnswer: boolean;
}

/** Tasks done with, above which the list is cut. */
const cutAbove = 1024;

/**
 * What has arrived, in its order. Everything runs at least one turn after it came, and an answer ends its turn: the code that awaited
 * it goes on before anything that came after it is seen, and after everything that came before.
 */
export class Inbox implements Disposable {
  #tasks: Task[] = [];
  #next = 0;
  #scheduled = false;
  #disposed = false;

  /** Runs `run` in its turn. `isAnswer`: somebody may be awaiting what it settles. */
  push(run: () => void, isAnswer = false): void {
    if (this.#disposed) return;
    this.#tasks.push({ run, isAnswer });
    this.#schedule();
  }

  /** Nothing runs after this, not even the rest of the turn it is called in. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#tasks = [];
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turn);
  }

  #turn = (): void => {
    this.#scheduled = false;
    for (const last = this.#tasks.length; this.#next < last && !this.#disposed; ) {
      const { run, isAnswer } = this.#tasks[this.#next++] as Task;
      run();
      if (isAnswer) break;
    }
    if (this.#next >= this.#tasks.length || this.#next > cutAbove) {
      this.#tasks.splice(0, this.#next);
      this.#next = 0;
    }
    if (this.#tasks.length > 0) this.#schedule();
  };
}
