import { decodeFrameBody, type Frame } from './frame.ts';
import { FrameError } from './frame-error.ts';
import { maxFrameBytes } from './limits.ts';

const prefixBytes = 4;

/**
 * Cuts a byte stream into frames, whatever the chunks. Memory is bounded by one frame however small the chunks are: the length is
 * judged before its body is buffered, and what waits is copied out of its chunks. A frame that lies whole in one chunk is not copied.
 */
export class FrameDecoder {
  #prefix = Buffer.alloc(prefixBytes);
  #prefixHeld = 0;
  /** The body being collected; null while its prefix is incomplete. */
  #body: Buffer | null = null;
  #bodyHeld = 0;
  #failure: unknown = null;

  /** Bytes held of an incomplete frame. */
  get held(): number {
    return this.#prefixHeld + this.#bodyHeld;
  }

  /**
   * The frames completed by `chunk`, in order; iterate to the end, or the rest of the chunk is lost.
   * @throws FrameError; the frames before the bad one were yielded, and every later call throws the same.
   */
  *push(chunk: Uint8Array): Generator<Frame, void, void> {
    if (this.#failure !== null) throw this.#failure;
    try {
      yield* this.#cut(chunk);
    } catch (error) {
      this.#failure = error;
      this.#body = null;
      this.#bodyHeld = this.#prefixHeld = 0;
      throw error;
    }
  }

  *#cut(chunk: Uint8Array): Generator<Frame, void, void> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body === null) {
        const taken = chunk.subarray(at, at + prefixBytes - this.#prefixHeld);
        this.#prefix.set(taken, this.#prefixHeld);
        this.#prefixHeld += taken.length;
        at += taken.length;
        if (this.#prefixHeld < prefixBytes) return;
        const length = judge(this.#prefix.readUInt32LE(0), chunk.subarray(at));
        if (chunk.length - at >= length) {
          this.#prefixHeld = 0;
          const body = Buffer.from(chunk.buffer, chunk.byteOffset + at, length);
          at += length;
          yield decodeFrameBody(body);
          continue;
        }
        this.#body = Buffer.allocUnsafeSlow(length);
      }
      const body = this.#body;
      const taken = chunk.subarray(at, at + body.length - this.#bodyHeld);
      body.set(taken, this.#bodyHeld);
      this.#bodyHeld += taken.length;
      at += taken.length;
      if (this.#bodyHeld < body.length) return;
      this.#body = null;
      this.#bodyHeld = this.#prefixHeld = 0;
      yield decodeFrameBody(body);
    }
  }
}

const judge = (length: number, head: Uint8Array): number => {
  if (length === 0) throw new FrameError('zero_length', 'a frame cannot be empty', 0, head);
  if (length > maxFrameBytes)
    throw new FrameError('too_large', `a frame is at most ${maxFrameBytes} bytes`, length, head);
  return length;
};
