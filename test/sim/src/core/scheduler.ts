import { nowUs } from './mono-clock.ts';

interface Entry {
  readonly dueUs: number;
  readonly order: number;
  run: (() => void) | null;
}

/** What is due within this much is run in the same wake-up: timers have millisecond grain, and wake-ups cost more than frames. */
const COALESCE_US = 500;

/**
 * How much is run in one turn of the event loop. After a machine stood still a lot is due at once, and a socket's buffer holds a few
 * hundred packets: whoever listens in this process reads up to 32 a turn (libuv), and must come to it.
 */
const AT_ONCE = 24;

const before = (a: Entry, b: Entry): boolean => a.dueUs < b.dueUs || (a.dueUs === b.dueUs && a.order < b.order);

/**
 * One timer for everything that has its time: speech frames, jittered packets, late events.
 * Times are absolute, so lateness of one wake-up never adds up.
 */
export class Scheduler {
  readonly #heap: Entry[] = [];
  #timer: NodeJS.Timeout | null = null;
  #turn: NodeJS.Immediate | null = null;
  #armedFor = Number.POSITIVE_INFINITY;
  #order = 0;
  #closed = false;

  /** Runs `run` at `dueUs` on the monotonic clock, at once (in the next turn) when that is past. Returns what cancels it. */
  at(dueUs: number, run: () => void): () => void {
    if (this.#closed) return () => undefined;
    const entry: Entry = { dueUs, order: this.#order++, run };
    this.#push(entry);
    this.#arm();
    return () => {
      entry.run = null;
    };
  }

  /** As {@link at}, in `ms` milliseconds. */
  after(ms: number, run: () => void): () => void {
    return this.at(nowUs() + ms * 1_000, run);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#turn) clearImmediate(this.#turn);
    this.#timer = null;
    this.#turn = null;
    this.#heap.length = 0;
  }

  #arm(): void {
    const next = this.#heap[0];
    if (this.#turn || !next || next.dueUs >= this.#armedFor) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#armedFor = next.dueUs;
    this.#timer = setTimeout(() => this.#fire(), Math.max(0, Math.ceil((next.dueUs - nowUs()) / 1_000)));
  }

  #fire(): void {
    this.#timer = null;
    this.#turn = null;
    this.#armedFor = Number.POSITIVE_INFINITY;
    let left = AT_ONCE;
    const limit = nowUs() + COALESCE_US;
    try {
      for (let next = this.#heap[0]; next && next.dueUs <= limit; next = this.#heap[0]) {
        if (left === 0) {
          this.#turn = setImmediate(() => this.#fire());
          break;
        }
        left -= 1;
        this.#pop()?.run?.();
      }
    } finally {
      this.#arm();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return top;
  }
}
