import type { HeardPacket } from './heard-packet.ts';

/** How long packets are kept, microseconds: the longest pre-roll a capture may ask for, and a little for the network. */
export const PRE_ROLL_US = 1_200_000;
/** Packets kept at most: as many as the shortest frames make in that time. */
const MAX_PACKETS = 600;

/** The last second of a person's packets, undecoded, in order of arrival. */
export class PreRoll {
  #packets: HeardPacket[] = [];
  /** Packets before this one are no longer kept; they are cut off now and then. */
  #first = 0;

  get size(): number {
    return this.#packets.length - this.#first;
  }

  add(packet: HeardPacket): void {
    this.#packets.push(packet);
    this.expire(packet.arrivalUs);
  }

  /** Forgets what is too old at `nowUs` (CLOCK_MONOTONIC, microseconds). */
  expire(nowUs: number): void {
    const packets = this.#packets;
    let first = this.#first;
    while (first < packets.length && nowUs - (packets[first] as HeardPacket).arrivalUs > PRE_ROLL_US) first += 1;
    this.#first = Math.max(first, packets.length - MAX_PACKETS);
    if (this.#first < 64 && this.#first < packets.length) return;
    packets.splice(0, this.#first);
    this.#first = 0;
  }

  /** What is kept at `nowUs`, in order of arrival. */
  packets(nowUs: number): readonly HeardPacket[] {
    this.expire(nowUs);
    return this.#packets.slice(this.#first);
  }

  clear(): void {
    this.#packets = [];
    this.#first = 0;
  }
}
