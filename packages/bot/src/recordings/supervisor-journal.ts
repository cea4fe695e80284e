import { type FileHandle, open } from 'node:fs/promises';
import type { JournalLine } from '@parley/mux';
import type { Logger } from '../log.ts';

type WithoutStamp<T> = T extends unknown ? Omit<T, 'v' | 'at' | 'sample'> : never;

/** A journal line without what the journal adds itself. */
export type JournalEntry = WithoutStamp<JournalLine>;

/** When a line happened: epoch milliseconds, and the sample of the recording's clock. */
export interface Stamp {
  readonly at: number;
  readonly sample: number;
}

/** Lines that may wait for a disk that hangs; a line has about 150 bytes. */
export const waitingLinesAllowed = 4096;

/**
 * `journal/supervisor.jsonl` of one recording: appended in order, one writer. A line that cannot be written is counted and logged,
 * never thrown into the session; `flush` throws, for the lines without which a recording must not begin. While the disk hangs lines wait;
 * when too many do, new ones are given up.
 */
export class SupervisorJournal implements AsyncDisposable {
  /** Lines and syncs that failed, lines given up included. */
  failed = 0;
  #file: FileHandle;
  #logger: Logger;
  #tail: Promise<void> = Promise.resolve();
  #failure: Error | null = null;
  #waiting = 0;
  /** Whether a part of a line may stand at the end. */
  #torn = false;
  #closed = false;

  private constructor(file: FileHandle, logger: Logger) {
    this.#file = file;
    this.#logger = logger;
  }

  /** Opens for appending; a torn last line of a killed writer is ended first, so that it spoils nothing after it. */
  static async open(path: string, logger: Logger): Promise<SupervisorJournal> {
    const file = await open(path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      if (size > 0) {
        const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
        if (buffer[0] !== 0x0a) await file.appendFile('\n');
      }
      return new SupervisorJournal(file, logger);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  append(stamp: Stamp, entry: JournalEntry): void {
    if (this.#closed) return;
    const line = `${JSON.stringify({ v: 1, at: Math.round(stamp.at), sample: Math.round(stamp.sample), ...entry })}\n`;
    if (this.#waiting >= waitingLinesAllowed) {
      this.#fail(new Error('too many lines of the recording journal wait for the disk'));
      return;
    }
    this.#waiting += 1;
    this.#enqueue(() => this.#write(line));
  }

  /** Waits until everything appended so far is on disk. @throws the first write error. */
  async flush(): Promise<void> {
    this.#enqueue(() => this.#file.datasync());
    await this.#tail;
    if (this.#failure) throw this.#failure;
  }

  /** Writes what is left and closes the file. Never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#enqueue(() => this.#file.datasync());
    this.#closed = true;
    await this.#tail;
    await this.#file.close();
  }

  /** A full disk may take a part of a line: the next one begins on a line of its own. */
  async #write(line: string): Promise<void> {
    this.#waiting -= 1;
    const wasTorn = this.#torn;
    this.#torn = true;
    await this.#file.appendFile(wasTorn ? `\n${line}` : line);
    this.#torn = false;
  }

  #enqueue(task: () => Promise<unknown>): void {
    this.#tail = this.#tail.then(task).then(
      () => undefined,
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    this.failed += 1;
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    if (this.failed === 1) this.#logger.error({ err: error }, 'a line of the recording journal could not be written');
  }
}
