/** Audio of one utterance that waits here at most, ms. A model speaks faster than it is heard; nothing it says takes this long. */
export const queueMs = 180_000;

const bytesPerSample = 2;
/** The shortest piece that is cut off to use up a grant, ms; what is left is sent however short. */
const smallestMs = 20;

interface Piece {
  readonly pcm: Uint8Array;
}

interface Item {
  readonly itemId: string;
  /** Where it begins in the utterance, ms. */
  readonly fromMs: number;
  totalMs: number;
}

/** s16le mono that waits to be sent, in order, with where each of the provider's items begins. Bounded: what is too much is dropped. */
export class AudioQueue {
  readonly #rate: number;
  #pieces: Piece[] = [];
  #bytes = 0;
  #pushedMs = 0;
  #items: Item[] = [];
  /** Half a sample that a provider cut off. */
  #odd: Uint8Array | null = null;

  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Milliseconds that wait. */
  get ms(): number {
    return this.#msOfBytes(this.#bytes);
  }

  /** Every item that was pushed, in order. */
  get items(): readonly Readonly<Item>[] {
    return this.#items;
  }

  msOf(pcm: Uint8Array): number {
    return this.#msOfBytes(pcm.length);
  }

  /** @returns the milliseconds that did not fit and were dropped */
  push(itemId: string, pcm: Uint8Array): number {
    const whole = this.#whole(pcm);
    const room = Math.max(0, this.#bytesOfMs(queueMs) - this.#bytes);
    const kept = whole.subarray(0, room);
    if (kept.length > 0) this.#pieces.push({ pcm: kept });
    this.#bytes += kept.length;
    const last = this.#items.at(-1);
    const ms = this.#msOfBytes(kept.length);
    if (last?.itemId === itemId) last.totalMs += ms;
    else this.#items.push({ itemId, fromMs: this.#pushedMs, totalMs: ms });
    this.#pushedMs += ms;
    return this.#msOfBytes(whole.length - kept.length);
  }

  /** At most `ms` of what waits; null: nothing waits, or it is not worth a piece yet. */
  take(ms: number): Uint8Array | null {
    const bytes = Math.min(this.#bytesOfMs(ms), this.#bytes);
    if (bytes <= 0 || (bytes < this.#bytes && ms < smallestMs)) return null;
    const out = new Uint8Array(bytes);
    let filled = 0;
    while (filled < bytes) {
      const [first] = this.#pieces;
      if (first === undefined) break;
      const part = first.pcm.subarray(0, bytes - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length === first.pcm.length) this.#pieces.shift();
      else this.#pieces[0] = { pcm: first.pcm.subarray(part.length) };
    }
    this.#bytes -= filled;
    return out;
  }

  /** Forgets what waits. */
  drop(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#odd = null;
  }

  #whole(pcm: Uint8Array): Uint8Array {
    const joined = this.#odd === null ? pcm : Uint8Array.from([...this.#odd, ...pcm]);
    const even = joined.length - (joined.length % bytesPerSample);
    this.#odd = even === joined.length ? null : joined.slice(even);
    return joined.subarray(0, even);
  }

  #msOfBytes(bytes: number): number {
    return (bytes / bytesPerSample / this.#rate) * 1000;
  }

  #bytesOfMs(ms: number): number {
    return Math.max(0, Math.floor((ms / 1000) * this.#rate)) * bytesPerSample;
  }
}
