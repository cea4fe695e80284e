import type { Arrived } from './arrived.ts';
import { extendSequence } from './sequence.ts';

/** Packets the window spans: one further ahead gives up what is missing. */
export const WINDOW_PACKETS = 16;
/** How long a missing packet is waited for, from the arrival of the first one behind it. */
export const WINDOW_US = 200_000;
/** Furthest jump ahead that may still be loss (RFC 3550 §A.1, MAX_DROPOUT). */
const MAX_DROPOUT = 3000;
/** Furthest step back that may still be reordering (RFC 3550 §A.1, MAX_MISORDER). */
const MAX_MISORDER = 100;
/** The shortest packet in samples: no sequence number stands for less. */
const MIN_PACKET_SAMPLES = 120;
/** Packets from far outside the window that follow each other: this many prove that the sender began anew. */
const RESTART_FAR = 2;
/** Packets from just behind the window may be truly late; as many at the pace of speech for so long, and none newer, prove it too. */
const RESTART_NEAR = 3;
const RESTART_NEAR_US = 100_000;
/** Packets kept aside at most: more than the shortest frames make in that time. */
const MAX_STRANGERS = 64;
/** Strangers that neither the window nor a new beginning claimed by then are late. */
const STRANGER_US = 500_000;
const REMEMBERED = 256;

export type Refusal = (packet: Arrived, reason: 'duplicate' | 'late') => void;

/**
 * Puts the packets of one SSRC in order: a window of 16 packets or 200 ms. Released packets carry how many are missing before them.
 * A sender whose numbering jumps (up, down, or back over numbers it used before) is followed within 0.1 s instead of being refused
 * as late for ever: packets outside the window are kept aside until they prove to be a new beginning or turn out to be late.
 * The first packets are gathered for one window, so that a reordered start loses nothing.
 */
export class ReorderWindow {
  readonly #refuse: Refusal;
  /** Waiting packets by sequence; never more than the window, for one further ahead releases them. */
  #pending: Arrived[] = [];
  #strangers: Arrived[] = [];
  /** The number that comes next, null while the first packets are gathered. */
  #next: number | null = null;
  #lastRtp = Number.NEGATIVE_INFINITY;
  /** Waiting counts from here on, or from the arrival if that was later. */
  #waitsFromUs = Number.NEGATIVE_INFINITY;
  readonly #seenSequence = new Float64Array(REMEMBERED).fill(Number.NaN);
  readonly #seenRtp = new Float64Array(REMEMBERED);

  /** `refuse` is told of every packet that will not be released. */
  constructor(refuse: Refusal) {
    this.#refuse = refuse;
  }

  /** Packets taken and not yet released. */
  get size(): number {
    return this.#pending.length + this.#strangers.length;
  }

  /**
   * Takes one packet (its `sequence` as sent) and appends to `out` what is in order now.
   * @returns false when it was refused at once
   */
  push(packet: Arrived, out: Arrived[]): boolean {
    const taken = this.#next === null ? this.#gather(packet, out) : this.#place(packet, this.#next, out);
    this.advance(packet.arrivalUs, out);
    return taken;
  }

  /** Gives up what was waited for long enough at `nowUs` and appends what follows to `out`. */
  advance(nowUs: number, out: Arrived[]): void {
    const first = this.#strangers[0];
    if (first !== undefined && nowUs - first.arrivalUs >= STRANGER_US) this.#refuseStrangers();
    this.#release(nowUs, out);
  }

  /** Nothing was read until `nowUs`, so what is missing may have come: what waits now waits anew. */
  waitAnew(nowUs: number): void {
    this.#waitsFromUs = nowUs;
  }

  /** Gives up everything that is missing and appends all that waits to `out`. */
  drain(out: Arrived[]): void {
    this.#release(Number.POSITIVE_INFINITY, out);
    this.#refuseStrangers();
  }

  /** Forgets the numbering: the next packet is a first one. Drain before. */
  reset(): void {
    this.#pending = [];
    this.#strangers = [];
    this.#next = null;
    this.#lastRtp = Number.NEGATIVE_INFINITY;
    this.#seenSequence.fill(Number.NaN);
  }

  #gather(packet: Arrived, out: Arrived[]): boolean {
    const first = this.#pending[0];
    const sequence = extendSequence(packet.sequence, first?.sequence ?? packet.sequence);
    if (first !== undefined && Math.abs(sequence - first.sequence) > MAX_MISORDER) {
      this.#release(Number.POSITIVE_INFINITY, out);
      return this.#place(packet, this.#next ?? sequence, out);
    }
    packet.sequence = sequence;
    return this.#insert(packet);
  }

  #place(packet: Arrived, next: number, out: Arrived[]): boolean {
    const sequence = extendSequence(packet.sequence, next);
    const ahead = sequence - next;
    packet.sequence = sequence;
    if (ahead >= 0) {
      if (ahead >= WINDOW_PACKETS && !this.#isLoss(ahead, packet.rtp)) {
        return this.#keepAside(packet, false, out);
      }
      this.#refuseStrangers();
      return this.#insert(packet);
    }
    const slot = sequence & (REMEMBERED - 1);
    if (this.#seenSequence[slot] === sequence && this.#seenRtp[slot] === packet.rtp) {
      this.#refuse(packet, 'duplicate');
      return false;
    }
    return this.#keepAside(packet, ahead >= -MAX_MISORDER && packet.rtp < this.#lastRtp, out);
  }

  /** Whether a jump ahead can be loss: not too far, and RTP has moved on by what that many packets last at least. */
  #isLoss(ahead: number, rtp: number): boolean {
    return ahead <= MAX_DROPOUT && rtp - this.#lastRtp >= ahead * MIN_PACKET_SAMPLES;
  }

  #insert(packet: Arrived): boolean {
    const pending = this.#pending;
    let at = pending.length;
    while (at > 0 && (pending[at - 1] as Arrived).sequence > packet.sequence) at -= 1;
    if (at > 0 && (pending[at - 1] as Arrived).sequence === packet.sequence) {
      this.#refuse(packet, 'duplicate');
      return false;
    }
    pending.splice(at, 0, packet);
    return true;
  }

  /** Keeps a packet from outside the window aside; `near` when it may be truly late. */
  #keepAside(packet: Arrived, near: boolean, out: Arrived[]): boolean {
    const last = this.#strangers.at(-1);
    if (last !== undefined) {
      const step = extendSequence(packet.sequence & 0xffff, last.sequence) - last.sequence;
      if (step === 0) {
        this.#refuse(packet, 'duplicate');
        return false;
      }
      if (step < 0 || step > WINDOW_PACKETS) this.#refuseStrangers();
      else packet.sequence = last.sequence + step;
    }
    this.#strangers.push(packet);
    const first = this.#strangers[0] as Arrived;
    if (near ? this.#isPaced(first, packet) : this.#strangers.length >= RESTART_FAR) this.#restart(first, out);
    else if (this.#strangers.length > MAX_STRANGERS) this.#refuse(this.#strangers.shift() as Arrived, 'late');
    return true;
  }

  #isPaced(first: Arrived, last: Arrived): boolean {
    const spanUs = last.arrivalUs - first.arrivalUs;
    const pace = ((last.rtp - first.rtp) * 1000) / 48 / spanUs;
    const enough = Math.max(RESTART_NEAR, (last.sequence - first.sequence) * 0.75);
    return this.#strangers.length >= enough && spanUs >= RESTART_NEAR_US && pace > 0.75 && pace < 1.5;
  }

  #restart(first: Arrived, out: Arrived[]): void {
    this.#release(Number.POSITIVE_INFINITY, out);
    this.#seenSequence.fill(Number.NaN);
    first.restart = true;
    this.#next = first.sequence;
    this.#pending = this.#strangers;
    this.#strangers = [];
  }

  #refuseStrangers(): void {
    if (this.#strangers.length === 0) return;
    for (const packet of this.#strangers) this.#refuse(packet, 'late');
    this.#strangers = [];
  }

  #release(nowUs: number, out: Arrived[]): void {
    for (;;) {
      const packet = this.#pending[0];
      if (packet === undefined) return;
      if (this.#next === null) {
        if (!this.#isOverdue(packet.sequence, nowUs)) return;
        this.#next = packet.sequence;
      } else if (packet.sequence !== this.#next && !this.#isOverdue(this.#next, nowUs)) {
        return;
      }
      this.#pending.shift();
      packet.lost = packet.sequence - this.#next;
      this.#next = packet.sequence + 1;
      this.#lastRtp = packet.rtp;
      const slot = packet.sequence & (REMEMBERED - 1);
      this.#seenSequence[slot] = packet.sequence;
      this.#seenRtp[slot] = packet.rtp;
      out.push(packet);
    }
  }

  /** Whether `awaited` need not be waited for any more: the window is full, or its time is over. */
  #isOverdue(awaited: number, nowUs: number): boolean {
    const newest = this.#pending.at(-1);
    if (newest !== undefined && newest.sequence - awaited >= WINDOW_PACKETS) return true;
    return this.#pending.some(({ arrivalUs }) => nowUs - Math.max(arrivalUs, this.#waitsFromUs) >= WINDOW_US);
  }
}
