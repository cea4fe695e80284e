import type { Clock } from '@parley/protocol';
import type { FsOperation, Guard } from './guarded-fs.ts';

/** A disk that finishes nothing for this long while a recording is being closed is given up, in milliseconds. */
export const STUCK_MS = 5000;
const LOOK_MS = 500;

interface Operation {
  readonly path: string;
  readonly fail: (error: Error) => void;
}

/** What gives something back is done also when nobody waits for it. */
const givesBack: ReadonlySet<FsOperation> = new Set(['close', 'release']);

const stuckError = (path: string): Error =>
  Object.assign(new Error(`ETIMEDOUT: the disk did not answer for ${STUCK_MS} ms, '${path}'`), {
    code: 'ETIMEDOUT',
    path,
  });

/**
 * Lets a disk take its time while a recording runs, since queues bound what waits for it, and gives it up when the recording is to be
 * closed and nothing at all moves: what waits then fails with ETIMEDOUT, and so does everything later, at once.
 */
export class Impatience implements Disposable {
  readonly #clock: Clock;
  readonly #waiting = new Set<Operation>();
  #progressUs = 0;
  #timer: Disposable | null = null;
  #stuck = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the disk was given up. What was under way may still be written when it answers. */
  get isStuck(): boolean {
    return this.#stuck;
  }

  readonly guard: Guard = (name, path, run, undo) => {
    if (this.#stuck) {
      if (givesBack.has(name)) run().catch(() => undefined);
      return Promise.reject(stuckError(path));
    }
    return new Promise((resolve, reject) => {
      const operation: Operation = { path, fail: reject };
      this.#waiting.add(operation);
      const over = (): boolean => {
        this.#progressUs = this.#clock.monotonicUs();
        return this.#waiting.delete(operation);
      };
      run().then(
        (result) => {
          if (over()) resolve(result);
          // A second failure of what was given up says nothing new.
          else undo?.(result).catch(() => undefined);
        },
        (error: unknown) => {
          over();
          reject(error);
        },
      );
    });
  };

  /** From now on the disk has to move. */
  hurry(): void {
    if (this.#timer !== null) return;
    this.#progressUs = this.#clock.monotonicUs();
    this.#timer = this.#clock.setInterval(() => this.#look(), LOOK_MS);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  #look(): void {
    if (this.#waiting.size === 0 || this.#clock.monotonicUs() - this.#progressUs < STUCK_MS * 1000) return;
    this.#stuck = true;
    for (const { path, fail } of this.#waiting) fail(stuckError(path));
    this.#waiting.clear();
  }
}
