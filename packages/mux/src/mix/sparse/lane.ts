import type { PlacedPacket } from '../track-packets.ts';
import { type ChunkPerson, FRAME } from './chunk.ts';

/** A joint is silent when nobody's packet lies within so many samples before it or after it. */
const QUIET_SAMPLES = 7 * FRAME;

/** An array twice as long when `needed` does not fit. */
const grown = <T extends Float64Array | Uint16Array | Uint8Array>(array: T, needed: number): T => {
  if (needed <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => T)(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
};

/**
 * One person's packets from the track, kept while a chunk needs them. They lie in a few arrays, which are used again and again: as many
 * little objects, an hour of them would wait for the garbage collector.
 */
export class Lane implements Disposable {
  readonly #source: Generator<PlacedPacket, void, undefined>;
  /** Read, but not held yet; its bytes are good because no other packet was asked for. */
  #next: PlacedPacket | null = null;
  #done = false;
  #positions = new Float64Array(1024);
  #samples = new Uint16Array(1024);
  #sizes = new Uint16Array(1024);
  #bytes = new Uint8Array(262_144);
  #count = 0;
  #byteCount = 0;

  constructor(source: Generator<PlacedPacket, void, undefined>) {
    this.#source = source;
  }

  /** Reads on until every packet that begins before `granule` is held. @throws the file system's error */
  readTo(granule: number): void {
    while (!this.#done) {
      if (this.#next === null) {
        const { done, value } = this.#source.next();
        this.#done = done === true;
        this.#next = value ?? null;
      } else if (this.#next.position < granule) {
        this.#hold(this.#next);
        this.#next = null;
      } else {
        return;
      }
    }
  }

  forgetBefore(granule: number): void {
    let gone = 0;
    let bytes = 0;
    while (gone < this.#count && (this.#positions[gone] as number) + (this.#samples[gone] as number) <= granule) {
      bytes += this.#sizes[gone] as number;
      gone += 1;
    }
    if (gone === 0) return;
    for (const array of [this.#positions, this.#samples, this.#sizes]) array.copyWithin(0, gone, this.#count);
    this.#bytes.copyWithin(0, bytes, this.#byteCount);
    this.#count -= gone;
    this.#byteCount -= bytes;
  }

  /** The held packets that begin before `to`, with positions from `from` on, as those of source number `source`; null without any. */
  packed(source: number, from: number, to: number): ChunkPerson | null {
    let count = 0;
    let bytes = 0;
    while (count < this.#count && (this.#positions[count] as number) < to) {
      bytes += this.#sizes[count] as number;
      count += 1;
    }
    if (count === 0) return null;
    return {
      source,
      positions: Int32Array.from(this.#positions.subarray(0, count), (position) => position - from),
      samples: this.#samples.slice(0, count),
      sizes: this.#sizes.slice(0, count),
      bytes: this.#bytes.slice(0, bytes),
    };
  }

  /** Marks in `busy` the steps of `step` samples (from granule `from` on) near which a packet lies. */
  markBusy(busy: Uint8Array, from: number, step: number): void {
    for (let i = 0; i < this.#count; i += 1) {
      const start = (this.#positions[i] as number) - from;
      const first = Math.ceil((start - QUIET_SAMPLES) / step);
      const last = Math.floor((start + (this.#samples[i] as number) + QUIET_SAMPLES) / step);
      if (last >= 0) busy.fill(1, Math.max(0, first), last + 1);
    }
  }

  [Symbol.dispose](): void {
    this.#source.return();
  }

  #hold({ position, samples, data }: PlacedPacket): void {
    const at = this.#count;
    this.#positions = grown(this.#positions, at + 1);
    this.#samples = grown(this.#samples, at + 1);
    this.#sizes = grown(this.#sizes, at + 1);
    this.#bytes = grown(this.#bytes, this.#byteCount + data.length);
    this.#positions[at] = position;
    this.#samples[at] = samples;
    this.#sizes[at] = data.length;
    this.#bytes.set(data, this.#byteCount);
    this.#count += 1;
    this.#byteCount += data.length;
  }
}
