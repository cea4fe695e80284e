import { extendSequence } from '../receive/sequence.ts';
import type { HeardPacket } from './heard-packet.ts';

/** How long a missing packet is waited for from the arrival of the first one behind it, microseconds; looked at every 10 ms. */
export const WAIT_US = 30_000;
/** Furthest jump ahead that may still be loss (RFC 3550 §A.1, MAX_DROPOUT). */
const MAX_DROPOUT = 3_000;
/** An unusable packet further ahead than this is not believed: it may be forged. */
const MAX_UNUSABLE_AHEAD = 16;
/** Furthest step back that may still be a late packet (RFC 3550 §A.1, MAX_MISORDER). */
const MAX_MISORDER = 100;

/** A packet in its turn. `lost`: packets that are missing right before it; `restart`: the numbering began anew, so that nobody knows. */
export type Ordered = (packet: HeardPacket, lost: number, restart: boolean) => void;

interface Waiting {
  readonly sequence: number;
  readonly packet: HeardPacket;
}

/**
 * Order for ears that will not wait: what comes in order goes on at once, a missing packet is waited for as long as a late one may
 * reasonably take, and what comes later than that, or twice, is dropped.
 */
export class PacketOrder {
  readonly #ordered: Ordered;
  #waiting: Waiting[] = [];
  /** The number that comes next, null before the first packet. */
  #next: number | null = null;
  #restart = false;

  constructor(ordered: Ordered) {
    this.#ordered = ordered;
  }

  /** Packets that wait for one that is missing. */
  get size(): number {
    return this.#waiting.length;
  }

  push(packet: HeardPacket): void {
    const usable = packet.opus !== null;
    if (this.#next === null && !usable) return;
    const sequence = extendSequence(packet.sequence, this.#next ?? packet.sequence);
    this.#next ??= sequence;
    const ahead = sequence - this.#next;
    if (!usable && (ahead < 0 || ahead > MAX_UNUSABLE_AHEAD)) return;
    if (ahead < -MAX_MISORDER || ahead > MAX_DROPOUT) this.#startAt(sequence);
    else if (ahead < 0) return;
    this.#insert({ sequence, packet });
    this.advance(packet.arrivalUs);
  }

  /** Gives up what was waited for long enough at `nowUs` (CLOCK_MONOTONIC, microseconds). */
  advance(nowUs: number): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined || this.#next === null) return;
      if (first.sequence !== this.#next && !this.#isOverdue(nowUs)) return;
      this.#release(first, this.#next);
    }
  }

  /** Lets everything go that waits. */
  drain(): void {
    this.advance(Number.POSITIVE_INFINITY);
  }

  /** The next packet is a first one. What waits goes first. */
  startAnew(): void {
    this.drain();
    this.#next = null;
    this.#restart = true;
  }

  #startAt(sequence: number): void {
    this.drain();
    this.#next = sequence;
    this.#restart = true;
  }

  #insert(item: Waiting): void {
    const waiting = this.#waiting;
    let at = waiting.length;
    while (at > 0 && (waiting[at - 1] as Waiting).sequence > item.sequence) at -= 1;
    const same = waiting[at - 1];
    if (same?.sequence === item.sequence) {
      if (same.packet.opus === null) waiting[at - 1] = item;
      return;
    }
    waiting.splice(at, 0, item);
  }

  #release({ sequence, packet }: Waiting, next: number): void {
    this.#waiting.shift();
    this.#next = sequence + 1;
    const restart = this.#restart;
    this.#restart = false;
    this.#ordered(packet, sequence - next, restart);
  }

  #isOverdue(nowUs: number): boolean {
    return this.#waiting.some(({ packet }) => nowUs - packet.arrivalUs >= WAIT_US);
  }
}
