import { type PlacedPacket, trackPackets } from '../mix/track-packets.ts';

/** Packets and bytes there is room for at first; both grow. */
const FIRST_PACKETS = 2048;
const FIRST_BYTES = 1 << 18;

/**
 * The packets of one person around the place the mix has reached: read as they are needed, forgotten when `forget` says so. Numbers
 * are those of the whole track, silence not counted. Everything lies in a few arrays: hundreds of thousands of small objects that live
 * for seconds would fill the collector's old generation.
 */
export class PacketWindow implements Disposable {
  readonly #source: Iterator<PlacedPacket, void, undefined>;
  #positions = new Float64Array(FIRST_PACKETS);
  #samples = new Uint16Array(FIRST_PACKETS);
  /** Where each packet begins in `#bytes`, and where the last one ends. */
  #offsets = new Uint32Array(FIRST_PACKETS + 1);
  #bytes = new Uint8Array(FIRST_BYTES);
  #count = 0;
  #first = 0;
  #ended = false;

  /** @param packets in order, silence left out */
  constructor(packets: Iterable<PlacedPacket, void, undefined>) {
    this.#source = packets[Symbol.iterator]();
  }

  /** The window on a person's track. The file system's error comes with the first read. */
  static onTrack(path: string): PacketWindow {
    return new PacketWindow(trackPackets(path));
  }

  /** Number of the first packet still kept. */
  get first(): number {
    return this.#first;
  }

  /**
   * The packet of this number; undefined beyond the end of the track. Its bytes are good until `forget`.
   * @throws RangeError when it was forgotten
   */
  at(number: number): PlacedPacket | undefined {
    const index = number - this.#first;
    if (!this.#has(number)) return undefined;
    return {
      position: this.#positions[index] as number,
      samples: this.#samples[index] as number,
      data: this.#bytes.subarray(this.#offsets[index] as number, this.#offsets[index + 1] as number),
    };
  }

  /** Number of the first kept packet that ends after `position`. */
  endingAfter(position: number): number {
    let number = this.#first;
    while (this.#has(number) && this.#endOf(number - this.#first) <= position) number += 1;
    return number;
  }

  /** Forgets packets that end at or before `position`. */
  forget(position: number): void {
    let count = 0;
    while (count < this.#count && this.#endOf(count) <= position) count += 1;
    if (count === 0) return;
    const start = this.#offsets[count] as number;
    this.#bytes.copyWithin(0, start, this.#offsets[this.#count]);
    this.#positions.copyWithin(0, count, this.#count);
    this.#samples.copyWithin(0, count, this.#count);
    for (let i = 0; i <= this.#count - count; i += 1) this.#offsets[i] = (this.#offsets[i + count] as number) - start;
    this.#count -= count;
    this.#first += count;
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#source.return?.();
  }

  #endOf(index: number): number {
    return (this.#positions[index] as number) + (this.#samples[index] as number);
  }

  /** Whether the track has a packet of this number; reads on to see. */
  #has(number: number): boolean {
    const index = number - this.#first;
    if (index < 0) throw new RangeError(`PacketWindow: packet ${number} was forgotten`);
    while (index >= this.#count && this.#read());
    return index < this.#count;
  }

  #read(): boolean {
    if (this.#ended) return false;
    const { done, value } = this.#source.next();
    if (done === true) {
      this.#ended = true;
      return false;
    }
    const { position, samples, data } = value;
    const start = this.#offsets[this.#count] as number;
    this.#makeRoom(start + data.length);
    this.#bytes.set(data, start);
    this.#positions[this.#count] = position;
    this.#samples[this.#count] = samples;
    this.#count += 1;
    this.#offsets[this.#count] = start + data.length;
    return true;
  }

  #makeRoom(bytes: number): void {
    if (bytes > this.#bytes.length) {
      const more = new Uint8Array(Math.max(bytes, this.#bytes.length * 2));
      more.set(this.#bytes);
      this.#bytes = more;
    }
    if (this.#count < this.#positions.length) return;
    const size = this.#positions.length * 2;
    const [positions, samples, offsets] = [new Float64Array(size), new Uint16Array(size), new Uint32Array(size + 1)];
    positions.set(this.#positions);
    samples.set(this.#samples);
    offsets.set(this.#offsets);
    [this.#positions, this.#samples, this.#offsets] = [positions, samples, offsets];
  }
}
