/** Bytes of speech that may wait: more than the credit of as many utterances as a voxproc keeps. */
export const maxSpeechBytes = 4 * 1024 * 1024;

/**
 * Speech on its way to a slow reader, in its order. Nothing of it is ever dropped: the reader's credit bounds what is sent, and a
 * sender that goes far beyond it is refused.
 */
export class SpeechLane {
  #waiting: Buffer[] = [];
  #next = 0;
  #bytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes = maxSpeechBytes) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#waiting.length - this.#next;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns false when it is refused: too much waits */
  add(frame: Buffer): boolean {
    if (this.#bytes + frame.length > this.#maxBytes) return false;
    this.#waiting.push(frame);
    this.#bytes += frame.length;
    return true;
  }

  /** The next frame, taken out; undefined when nothing waits. */
  next(): Buffer | undefined {
    const frame = this.#waiting[this.#next];
    if (frame === undefined) return undefined;
    this.#next += 1;
    this.#bytes -= frame.length;
    if (this.#next === this.#waiting.length) this.clear();
    return frame;
  }

  clear(): void {
    this.#waiting = [];
    this.#next = 0;
    this.#bytes = 0;
  }
}
