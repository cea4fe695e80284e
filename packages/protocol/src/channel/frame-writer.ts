import type { Writable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { encodeFrame, type Frame } from '../frame/frame.ts';
import { CaptureLane } from './capture-lane.ts';
import type { LinkEnd } from './link-end.ts';
import { Outbox } from './outbox.ts';
import type { Route } from './route.ts';
import { SpeechLane } from './speech-lane.ts';

export interface FrameWriterOptions {
  readonly writable: Writable;
  readonly clock: Clock;
  readonly maxQueued?: number | undefined;
  /** What tells the peer that the audio of a person was dropped. */
  readonly overflow: (dropped: { readonly userId: string; readonly droppedMs: number }) => Frame;
  /** The output takes nothing more: `write_failed`, or `ended` when the peer closed it. Called at most once. */
  readonly onGone: (end: LinkEnd) => void;
}

/** `overflow`: the link cannot go on; `refused`: this frame is not sent. */
export type Sending = 'taken' | 'overflow' | 'refused';

/**
 * Writes frames to a stream that may be slower than its writer. Nothing here waits: what the stream does not take stands in the
 * outbox, audio in its lanes. The stream is given audio one frame at a time and only when nothing else waits, so that a control frame
 * never stands behind more than one. After `finish` or `stop` further frames are dropped.
 */
export class FrameWriter {
  #writable: Writable;
  #clock: Clock;
  #outbox: Outbox;
  #capture = new CaptureLane();
  #speech = new SpeechLane();
  #overflow: FrameWriterOptions['overflow'];
  #onGone: (end: LinkEnd) => void;
  #state: 'open' | 'finishing' | 'stopped' = 'open';
  #finished = Promise.withResolvers<number>();

  constructor({ writable, clock, maxQueued, overflow, onGone }: FrameWriterOptions) {
    this.#writable = writable;
    this.#clock = clock;
    this.#outbox = new Outbox(maxQueued);
    this.#overflow = overflow;
    this.#onGone = onGone;
    writable
      .on('drain', this.#flush)
      .on('error', (error) => this.#gone({ kind: 'write_failed', message: error.message }))
      .on('close', () => this.#gone({ kind: 'ended' }));
  }

  /** Frames that wait, without audio. */
  get queued(): number {
    return this.#outbox.size;
  }

  get crowded(): boolean {
    return this.#outbox.crowded;
  }

  get replaced(): number {
    return this.#outbox.replaced;
  }

  /** The audio of captures that waits or was dropped. */
  get capture(): Pick<CaptureLane, 'discard' | 'droppedMs' | 'taken'> {
    return this.#capture;
  }

  /**
   * Writes a frame or lets it wait.
   * @throws FrameError when it cannot be encoded.
   */
  send(frame: Frame, route: Route): Sending {
    if (this.#state !== 'open') return 'taken';
    const bytes = encodeFrame(frame);
    const waits = this.#wait(bytes, route);
    this.#flush();
    return waits;
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
    this.#capture.clear();
    this.#speech.clear();
    this.#writable.off('drain', this.#flush);
    if (!this.#writable.destroyed && !this.#writable.writableEnded) this.#writable.end();
  }

  get #waiting(): number {
    return this.#outbox.size + this.#capture.size + this.#speech.size;
  }

  /** Frames that wait, or 1 for a stream that still holds bytes. */
  get #left(): number {
    return this.#waiting + (this.#writable.writableLength > 0 ? 1 : 0);
  }

  /** Puts a frame where it waits; one that need not wait is taken from there by the flush that follows. */
  #wait(bytes: Buffer, route: Route): Sending {
    switch (route.lane) {
      case 'control':
        return this.#queue(bytes, null);
      case 'coalesced':
        return this.#queue(bytes, route.key);
      case 'capture':
        return this.#capture.add(bytes, route.userId, route.ms) ? 'taken' : 'overflow';
      case 'speech':
        return this.#speech.add(bytes) ? 'taken' : 'refused';
    }
  }

  #queue(bytes: Buffer, key: string | null): Sending {
    if (this.#outbox.size === 0 && !this.#writable.writableNeedDrain) {
      this.#write(bytes);
      return 'taken';
    }
    return this.#outbox.add(bytes, key) === 'overflow' ? 'overflow' : 'taken';
  }

  #flush = (): void => {
    if (this.#state === 'stopped' || this.#writable.destroyed) return;
    if (!this.#writable.writableNeedDrain) this.#outbox.drain(this.#write);
    if (this.#outbox.size === 0) this.#flushAudio();
    if (this.#state !== 'finishing' || this.#waiting > 0 || this.#writable.writableEnded) return;
    this.#writable.end((error?: Error | null) => this.#finished.resolve(error ? 1 : 0));
  };

  /** Writes audio while the stream holds nothing: one frame, unless the system takes it at once. */
  #flushAudio(): void {
    while (this.#writable.writableLength === 0) {
      const dropped = this.#capture.nextDropped();
      const frame = dropped ? encodeFrame(this.#overflow(dropped)) : (this.#capture.next() ?? this.#speech.next());
      if (frame === undefined) return;
      this.#write(frame);
    }
  }

  #write = (bytes: Buffer): boolean => this.#writable.write(bytes, this.#onTaken);

  /** The stream has handed a frame on: audio that waited for that may follow. */
  #onTaken = (error?: Error | null): void => {
    if (!error && this.#capture.size + this.#speech.size > 0) this.#flush();
  };

  #gone(end: LinkEnd): void {
    if (this.#state === 'finishing') this.#finished.resolve(this.#writable.writableFinished ? 0 : this.#waiting + 1);
    if (this.#state !== 'open') return;
    this.stop();
    this.#onGone(end);
  }
}
