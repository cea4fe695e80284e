import type { JournalLine } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { DiskFailure } from './disk-failure.ts';
import { type FileOutcome, FileQueue } from './file-queue.ts';
import type { RecordingClock } from './recording-clock.ts';
import type { RecordingFs } from './recording-fs.ts';

/** Lines that may wait for a slow disk, in bytes; a line has about 150. */
const LIMIT_BYTES = 1024 * 1024;

/** A line without what the writer adds: the version and when it was. */
export type JournalEntry = JournalLine extends infer Line
  ? Line extends JournalLine
    ? Omit<Line, 'v' | 'at' | 'sample'>
    : never
  : never;

export interface JournalWriterOptions {
  readonly fs: RecordingFs;
  readonly path: string;
  readonly clock: Clock;
  readonly time: RecordingClock;
  readonly onFailure: (failure: DiskFailure) => void;
  readonly onSlow: (ms: number) => void;
  /** Told when a line had to be dropped because too many wait. */
  readonly onDropped: () => void;
}

/** Appends lines to this voxproc's journal, in order and at once; the only writer of its file. */
export class JournalWriter {
  readonly #queue: FileQueue;
  readonly #clock: Clock;
  readonly #time: RecordingClock;
  readonly #onDropped: () => void;
  #lines = 0;
  #synced = 0;

  constructor({ fs, path, clock, time, onFailure, onSlow, onDropped }: JournalWriterOptions) {
    this.#queue = new FileQueue({
      path,
      open: () => fs.append(path),
      limitBytes: LIMIT_BYTES,
      clock,
      onFailure,
      onSlow,
    });
    this.#clock = clock;
    this.#time = time;
    this.#onDropped = onDropped;
  }

  get queue(): Pick<FileQueue, 'pendingBytes' | 'slowestMs'> {
    return this.#queue;
  }

  /** Takes one line, said now. */
  write(entry: JournalEntry): void {
    if (this.#queue.isFull) {
      // After a failure nothing is taken, and its owner knows.
      if (this.#queue.failure === null) this.#onDropped();
      return;
    }
    this.#lines += 1;
    const sample = this.#time.sampleAt(this.#clock.monotonicUs());
    const line = { v: 1, at: this.#time.timeAt(sample), sample, ...entry };
    this.#queue.append(Buffer.from(`${JSON.stringify(line)}\n`), this.#lines);
  }

  /** Asks for the lines since the last call to reach the disk. */
  sync(): void {
    if (this.#synced === this.#lines) return;
    this.#synced = this.#lines;
    this.#queue.requestSync();
  }

  /** Writes what waits, syncs, closes; the outcome names a failure. */
  close(): Promise<FileOutcome> {
    return this.#queue.close();
  }
}
