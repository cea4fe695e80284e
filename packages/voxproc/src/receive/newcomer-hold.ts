import type { DroppedPacket, MediaPacket } from './packet-source.ts';

/** How long the packets of a member nobody named yet are kept, in microseconds. */
export const NEWCOMER_US = 5_000_000;
/** Packets kept at most: five seconds of the shortest frames. */
const MAX_PACKETS = 2000;

/** Packets of a person of whom it is not known whether they are a bot; bounded in time and number, never dropped for being too many. */
export class NewcomerHold {
  #packets: (MediaPacket | DroppedPacket)[] = [];

  get size(): number {
    return this.#packets.length;
  }

  /** Keeps one packet. */
  add(packet: MediaPacket | DroppedPacket): void {
    this.#packets.push(packet);
  }

  /** Whether what is kept must be decided about now: it waited long enough, or is too much. */
  isDue(nowUs: number): boolean {
    const first = this.#packets[0];
    return first !== undefined && (nowUs - first.arrivalUs >= NEWCOMER_US || this.#packets.length >= MAX_PACKETS);
  }

  /** Gives everything that was kept, and keeps nothing. */
  take(): readonly (MediaPacket | DroppedPacket)[] {
    const packets = this.#packets;
    this.#packets = [];
    return packets;
  }
}
