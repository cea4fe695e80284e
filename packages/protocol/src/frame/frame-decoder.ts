import { decodeFrameBody, type Frame } from './frame.ts';
import { FrameError } from './frame-error.ts';
import { maxFrameBytes } from './limits.ts';

/**
 * Cuts a byte stream into frames, whatever the chunks. Memory is bounded by one frame: the length is judged before its body is
 * buffered. After an error the decoder is of no further use.
 */
export class FrameDecoder {
  #chunks: Uint8Array[] = [];
  #held = 0;
  /** Body length of the frame being collected; null while its prefix is incomplete. */
  #length: number | null = null;

  /** Bytes held of an incomplete frame. */
  get held(): number {
    return this.#held;
  }

  /**
   * The frames completed by `chunk`, in order.
   * @throws FrameError; the frames before the bad one were yielded.
   */
  *push(chunk: Uint8Array): Generator<Frame, void, void> {
    if (chunk.length > 0) {
      this.#chunks.push(chunk);
      this.#held += chunk.length;
    }
    for (;;) {
      if (this.#length === null) {
        const prefix = this.#take(4);
        if (!prefix) return;
        this.#length = prefix.readUInt32LE(0);
        if (this.#length === 0) throw new FrameError('zero_length', 'a frame cannot be empty', 0, prefix);
        if (this.#length > maxFrameBytes) {
          throw new FrameError('too_large', `a frame is at most ${maxFrameBytes} bytes`, this.#length, this.#peek());
        }
      }
      const body = this.#take(this.#length);
      if (!body) return;
      this.#length = null;
      yield decodeFrameBody(body);
    }
  }

  #peek(): Uint8Array {
    return this.#chunks[0] ?? new Uint8Array();
  }

  #take(bytes: number): Buffer | null {
    if (this.#held < bytes) return null;
    this.#held -= bytes;
    const first = this.#chunks[0] as Uint8Array;
    if (first.length >= bytes) {
      const taken = Buffer.from(first.buffer, first.byteOffset, bytes);
      if (first.length === bytes) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(bytes);
      return taken;
    }
    const all = Buffer.concat(this.#chunks);
    const rest = all.subarray(bytes);
    this.#chunks = rest.length > 0 ? [rest] : [];
    return all.subarray(0, bytes);
  }
}
