import type { Clock } from '@parley/protocol';
import { type DiskFailure, diskFailure } from './disk-failure.ts';
import type { RecordingFile } from './recording-fs.ts';

/** A write that takes longer than this, in milliseconds, is a slow disk. */
export const SLOW_WRITE_MS = 500;
/** Pieces that go into one system call at most. */
const MAX_BATCH = 64;

export interface FileQueueOptions {
  readonly path: string;
  /** Opens the file; called once, at the first work. */
  readonly open: () => Promise<RecordingFile>;
  /** Bytes that may wait: at and above it `isFull`. */
  readonly limitBytes: number;
  readonly clock: Clock;
  /** Told once, of the first failure; nothing is written after it. */
  readonly onFailure: (failure: DiskFailure) => void;
  /** Told of every write or sync that took longer than 500 ms. */
  readonly onSlow: (ms: number) => void;
}

/** What is in the file when it was closed. */
export interface FileOutcome {
  /** Bytes of whole pieces; a piece that was written in part is cut off again. */
  readonly bytes: number;
  /** The mark of the last whole piece, 0 without one. */
  readonly mark: number;
  readonly failure: DiskFailure | null;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly mark: number;
}

/**
 * The one owner of a file's writes: takes pieces without ever blocking the caller, writes them in order and as many at once as wait,
 * syncs when asked. A slow disk makes the queue grow; who sees `isFull` must drop and count. The first error ends the file: what
 * waits is given up, a torn piece is cut off, and the owner is told once.
 */
export class FileQueue {
  readonly #options: FileQueueOptions;
  #pieces: Piece[] = [];
  #pendingBytes = 0;
  #syncWanted = false;
  #file: RecordingFile | null = null;
  #running: Promise<void> | null = null;
  #closed: Promise<FileOutcome> | null = null;
  #failure: DiskFailure | null = null;
  #bytes = 0;
  #mark = 0;
  #slowestMs = 0;

  constructor(options: FileQueueOptions) {
    this.#options = options;
  }

  /** Bytes given and not yet written. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether more must be dropped: the bound is reached, or the file has failed. */
  get isFull(): boolean {
    return this.#pendingBytes >= this.#options.limitBytes || this.#failure !== null;
  }

  /** The mark of the last piece that is wholly in the file. */
  get writtenMark(): number {
    return this.#mark;
  }

  get failure(): DiskFailure | null {
    return this.#failure;
  }

  /** The longest write or sync so far, in milliseconds. */
  get slowestMs(): number {
    return this.#slowestMs;
  }

  /** Takes one piece, to be written whole; `mark` grows from piece to piece and is the caller's. After a failure or `close` nothing is taken. */
  append(bytes: Uint8Array, mark: number): void {
    if (this.#failure !== null || this.#closed !== null) return;
    this.#pieces.push({ bytes, mark });
    this.#pendingBytes += bytes.length;
    this.#work();
  }

  /** Asks for a sync after everything appended so far. */
  requestSync(): void {
    if (this.#failure !== null || this.#closed !== null) return;
    this.#syncWanted = true;
    this.#work();
  }

  /** Writes what waits, syncs, closes. Resolves always; the outcome names a failure. Calling again gives the same outcome. */
  close(): Promise<FileOutcome> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  async #finish(): Promise<FileOutcome> {
    this.#syncWanted = this.#failure === null;
    this.#work();
    while (this.#running !== null) await this.#running;
    if (this.#failure === null && this.#file !== null) {
      try {
        await this.#file.close();
      } catch (error) {
        this.#fail(error);
      }
    }
    return { bytes: this.#bytes, mark: this.#mark, failure: this.#failure };
  }

  #work(): void {
    if (this.#failure === null) this.#running ??= this.#run();
  }

  /** Never rejects. Ends when nothing waits. */
  async #run(): Promise<void> {
    // One turn later, so that pieces given in the same turn go out together.
    await Promise.resolve();
    try {
      this.#file ??= await this.#options.open();
      while (this.#pieces.length > 0 || this.#syncWanted) {
        if (this.#pieces.length > 0) {
          await this.#writeBatch(this.#file);
        } else {
          this.#syncWanted = false;
          await this.#timed(this.#file.sync());
        }
      }
    } catch (error) {
      this.#fail(error);
      await this.#abandon();
    }
    this.#running = null;
  }

  async #writeBatch(file: RecordingFile): Promise<void> {
    const batch = this.#pieces.splice(0, MAX_BATCH);
    let rest: Uint8Array[] = batch.map((piece) => piece.bytes);
    let done = 0;
    let whole = 0;
    while (rest.length > 0) {
      const written = await this.#timed(file.write(rest));
      if (written <= 0) throw Object.assign(new Error('write made no progress'), { code: 'EIO' });
      done += written;
      for (let piece = batch[whole]; piece !== undefined && piece.bytes.length <= done; piece = batch[whole]) {
        done -= piece.bytes.length;
        this.#bytes += piece.bytes.length;
        this.#pendingBytes -= piece.bytes.length;
        this.#mark = piece.mark;
        whole += 1;
      }
      rest = batch.slice(whole).map((piece, index) => (index === 0 ? piece.bytes.subarray(done) : piece.bytes));
    }
  }

  async #timed<T>(operation: Promise<T>): Promise<T> {
    const { clock, onSlow } = this.#options;
    const startUs = clock.monotonicUs();
    const result = await operation;
    const ms = (clock.monotonicUs() - startUs) / 1000;
    if (ms > this.#slowestMs) this.#slowestMs = ms;
    if (ms > SLOW_WRITE_MS) onSlow(ms);
    return result;
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = diskFailure(error, this.#options.path);
    this.#pieces = [];
    this.#pendingBytes = 0;
    this.#syncWanted = false;
    this.#options.onFailure(this.#failure);
  }

  /** Cuts a torn piece off and lets the file go. It has failed already: a second error says nothing new, and recovery cuts the same. */
  async #abandon(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    await file.truncate(file.startBytes + this.#bytes).catch(() => undefined);
    await file.close().catch(() => undefined);
  }
}
