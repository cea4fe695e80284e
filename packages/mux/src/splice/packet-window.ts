import { type PlacedPacket, trackPackets } from '../mix/track-packets.ts';

/** A packet with its bytes kept. */
export interface KeptPacket {
  readonly position: number;
  readonly samples: number;
  readonly data: Uint8Array;
}

/**
 * The packets of one person around the place the mix has reached: read as they are needed, forgotten when `forget` says so. Numbers
 * are those of the whole track, silence not counted.
 */
export class PacketWindow implements Disposable {
  readonly #source: Iterator<PlacedPacket, void, undefined>;
  #kept: KeptPacket[] = [];
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

  /** The packet of this number; undefined beyond the end of the track. @throws RangeError when it was forgotten */
  at(number: number): KeptPacket | undefined {
    const index = number - this.#first;
    if (index < 0) throw new RangeError(`PacketWindow.at: packet ${number} was forgotten`);
    while (index >= this.#kept.length && this.#read());
    return this.#kept[index];
  }

  /** Number of the first kept packet that ends after `position`. */
  endingAfter(position: number): number {
    let number = this.#first;
    for (;;) {
      const packet = this.at(number);
      if (packet === undefined || packet.position + packet.samples > position) return number;
      number += 1;
    }
  }

  /** Forgets packets that end at or before `position`. */
  forget(position: number): void {
    let count = 0;
    for (const packet of this.#kept) {
      if (packet.position + packet.samples > position) break;
      count += 1;
    }
    if (count === 0) return;
    this.#kept = this.#kept.slice(count);
    this.#first += count;
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#source.return?.();
  }

  #read(): boolean {
    if (this.#ended) return false;
    const { done, value } = this.#source.next();
    if (done === true) {
      this.#ended = true;
      return false;
    }
    const { position, samples, data } = value;
    this.#kept.push({ position, samples, data: Uint8Array.from(data) });
    return true;
  }
}
