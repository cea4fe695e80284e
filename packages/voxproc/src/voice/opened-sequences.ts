/** Sequence numbers remembered per SSRC; a power of two. */
const REMEMBERED = 256;
const NEVER = -1;

/**
 * Which packets of each SSRC were decrypted lately. A frame can be decrypted once: the second copy of a packet fails, and is a
 * duplicate, not undecryptable.
 */
export class OpenedSequences {
  #bySsrc = new Map<number, Int32Array>();

  add(ssrc: number, sequence: number): void {
    let seen = this.#bySsrc.get(ssrc);
    if (!seen) {
      seen = new Int32Array(REMEMBERED).fill(NEVER);
      this.#bySsrc.set(ssrc, seen);
    }
    seen[sequence % REMEMBERED] = sequence;
  }

  has(ssrc: number, sequence: number): boolean {
    return this.#bySsrc.get(ssrc)?.[sequence % REMEMBERED] === sequence;
  }

  clear(): void {
    this.#bySsrc.clear();
  }
}
