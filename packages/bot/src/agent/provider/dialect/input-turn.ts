/** Base64 of a multiple of 3 bytes has no padding, and a multiple of 2 holds whole samples. */
const grain = 6;
/** Bytes of PCM in one message; an append may have 15 MB (OpenAI's API reference). */
const mostInOne = 96_000;
/** Shorter turns are refused (`input_audio_buffer_commit_empty`); 100 ms (OpenAI's API reference). */
const shortestMs = 100;

/** Audio of the turn that has not ended, cut into messages. */
export class InputTurn {
  readonly #rate: number;
  readonly #send: (base64: string) => void;
  #rest: Buffer = Buffer.alloc(0);
  #bytes = 0;

  /** @param rate Hz of s16le mono */
  constructor(rate: number, send: (base64: string) => void) {
    this.#rate = rate;
    this.#send = send;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  append(pcm: Uint8Array): void {
    if (pcm.length === 0) return;
    this.#bytes += pcm.length;
    const all = this.#rest.length === 0 ? bufferOf(pcm) : Buffer.concat([this.#rest, pcm]);
    const whole = all.length - (all.length % grain);
    this.#sendAll(all.subarray(0, whole));
    // A copy: the caller's memory is theirs again.
    this.#rest = Buffer.from(all.subarray(whole));
  }

  /** Sends what is left, and silence after a turn too short to be taken. @returns milliseconds of silence that were added */
  end(): number {
    const even = this.#rest.subarray(0, this.#rest.length & ~1);
    const shortest = Math.ceil((this.#rate * shortestMs) / 1000) * 2;
    const missing = Math.max(0, shortest - (this.#bytes & ~1));
    this.#sendAll(Buffer.concat([even, Buffer.alloc(missing)]));
    this.clear();
    return (missing / 2 / this.#rate) * 1000;
  }

  /** Forgets what was appended. */
  clear(): void {
    this.#rest = Buffer.alloc(0);
    this.#bytes = 0;
  }

  #sendAll(pcm: Buffer): void {
    for (let at = 0; at < pcm.length; at += mostInOne) {
      this.#send(pcm.subarray(at, at + mostInOne).toString('base64'));
    }
  }
}

const bufferOf = (pcm: Uint8Array): Buffer => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.length);
