/** Packets one after the other, in memory that is used again and again: as many little buffers would wait for the garbage collector. */
export class PacketList {
  #bytes = new Uint8Array(65_536);
  /** Where each packet ends. */
  readonly #ends: number[] = [];

  get length(): number {
    return this.#ends.length;
  }

  /** Takes a copy of a packet. */
  push(packet: Uint8Array): void {
    const start = this.#startOf(this.#ends.length);
    const end = start + packet.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    this.#bytes.set(packet, start);
    this.#ends.push(end);
  }

  clear(): void {
    this.#ends.length = 0;
  }

  /** A packet; good until the next one is taken. */
  get(index: number): Uint8Array {
    return this.#bytes.subarray(this.#startOf(index), this.#ends[index]);
  }

  /** The sizes of the packets from `index` on. */
  sizesFrom(index: number): number[] {
    return this.#ends.slice(index).map((end, i) => end - this.#startOf(index + i));
  }

  /** The bytes of the packets from `index` on; a copy. */
  bytesFrom(index: number): Uint8Array {
    return this.#bytes.slice(this.#startOf(index), this.#startOf(this.#ends.length));
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] as number);
  }
}
