import type { Writable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { encodeFrame, type Frame } from '../frame/frame.ts';
import type { LinkEnd } from './link-end.ts';
import { Outbox } from './outbox.ts';

export interface FrameWriterOptions {
  readonly writable: Writable;
  readonly clock: Clock;
  readonly maxQueued?: number | undefined;
  /** The output takes nothing more: `write_failed`, or `ended` when the peer closed it. Called at most once. */
  readonly onGone: (end: LinkEnd) => void;
}

/**
 * Writes frames to a stream that may be slower than its writer. Nothing here waits: what the stream does not take stands in the
 * outbox until `drain`. After `finish` or `stop` further frames are dropped.
 */
export class FrameWriter {
  #writable: Writable;
  #clock: Clock;
  #outbox: Outbox;
  #onGone: (end: LinkEnd) => void;
  #state: 'open' | 'finishing' | 'stopped' = 'open';
  #finished = Promise.withResolvers<number>();

  constructor({ writable, clock, maxQueued, onGone }: FrameWriterOptions) {
    this.#writable = writable;
    this.#clock = clock;
    this.#outbox = new Outbox(maxQueued);
    this.#onGone = onGone;
    writable
      .on('drain', this.#flush)
      .on('error', (error) => this.#gone({ kind: 'write_failed', message: error.message }))
      .on('close', () => this.#gone({ kind: 'ended' }));
  }

  get queued(): number {
    return this.#outbox.size;
  }

  get crowded(): boolean {
    return this.#outbox.crowded;
  }

  get replaced(): number {
    return this.#outbox.replaced;
  }

  /**
   * Writes a frame or lets it wait; `key` marks one that a newer frame of the same key may replace.
   * @throws FrameError when it cannot be encoded.
   */
  send(frame: Frame, key: string | null): 'taken' | 'overflow' {
    if (this.#state !== 'open') return 'taken';
    const bytes = encodeFrame(frame);
    if (this.#outbox.size === 0 && !this.#writable.writableNeedDrain) {
      this.#writable.write(bytes);
      return 'taken';
    }
    return this.#outbox.add(bytes, key) === 'overflow' ? 'overflow' : 'taken';
  }

  /**
   * Sends what waits, then ends the stream; gives up after `timeoutMs` (a reader that does not read) and destroys it.
   * @returns how many frames or bytes were not taken: 0 when all was.
   */
  async finish(timeoutMs: number): Promise<number> {
    if (this.#state !== 'open') return 0;
    this.#state = 'finishing';
    using _ = this.#clock.setTimeout(() => this.#finished.resolve(this.#left), timeoutMs);
    if (this.#writable.destroyed) this.#finished.resolve(this.#left);
    else this.#flush();
    const left = await this.#finished.promise;
    this.stop();
    if (left > 0) this.#writable.destroy();
    return left;
  }

  /** Drops what waits and ends the stream: bytes it has taken still go out. Its errors stay handled. */
  stop(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#finished.resolve(this.#left);
    this.#outbox.clear();
    this.#writable.off('drain', this.#flush);
    if (!this.#writable.destroyed && !this.#writable.writableEnded) this.#writable.end();
  }

  /** Frames in the outbox, or 1 for a stream that still holds bytes. */
  get #left(): number {
    return this.#outbox.size + (this.#writable.writableLength > 0 ? 1 : 0);
  }

  #flush = (): void => {
    if (!this.#writable.writableNeedDrain) this.#outbox.drain((frame) => this.#writable.write(frame));
    if (this.#state !== 'finishing' || this.#outbox.size > 0 || this.#writable.writableEnded) return;
    this.#writable.end((error?: Error | null) => this.#finished.resolve(error ? 1 : 0));
  };

  #gone(end: LinkEnd): void {
    if (this.#state === 'finishing')
      this.#finished.resolve(this.#writable.writableFinished ? 0 : this.#outbox.size + 1);
    if (this.#state !== 'open') return;
    this.stop();
    this.#onGone(end);
  }
}
