import type { DropReason, SegmentEnding } from '@parley/mux';
import { NewcomerHold } from '../receive/newcomer-hold.ts';
import type { DroppedPacket, MediaPacket } from '../receive/packet-source.ts';
import { Speaker, type SpeakerHost } from '../receive/speaker.ts';
import type { Tally } from '../receive/tally.ts';
import type { SegmentWriter } from './segment-writer.ts';

export interface PersonOptions extends SpeakerHost {
  readonly userId: string;
  readonly silenceMs: number;
  /** Counts for the whole recording. */
  readonly total: Tally;
}

/** One person in a recording: their packets wait until it is known that they are no bot (5 s at most), then go the way of a speaker. */
export class Person {
  readonly #speaker: Speaker;
  readonly #hold = new NewcomerHold();
  /** Whether the packets need not wait any more. */
  #admitted = false;

  constructor(options: PersonOptions) {
    this.#speaker = new Speaker(options.userId, options.silenceMs, options.total, options);
  }

  get segment(): SegmentWriter | null {
    return this.#speaker.segment;
  }

  /** The account of the open segment, or of what came since the last one. */
  get tally(): Tally {
    return this.#speaker.tally;
  }

  /** Arrival of the newest packet in microseconds. */
  get lastPacketUs(): number {
    return this.#speaker.lastPacketUs;
  }

  /** Whether nothing of this person is open or waits. */
  get isIdle(): boolean {
    return this.segment === null && this.#speaker.waiting === 0 && this.#hold.size === 0;
  }

  /** Takes one packet; `unknown` while it is not known whether the person is a bot. */
  take(packet: MediaPacket | DroppedPacket, unknown: boolean, nowUs: number): void {
    if (!this.#admitted) {
      if (unknown) {
        this.#hold.add(packet);
        return;
      }
      this.admit(nowUs);
    }
    this.#pass(packet, nowUs);
  }

  /** Counts a packet that is not to be recorded. */
  refuse(reason: DropReason): void {
    this.tally.drop(reason);
  }

  /** Records the person from their first packet on. */
  admit(nowUs: number): void {
    this.#admitted = true;
    for (const packet of this.#hold.take()) {
      // As it would have been: silences between the packets close segments.
      this.#speaker.advance(Math.min(packet.arrivalUs, nowUs));
      this.#pass(packet, Math.min(packet.arrivalUs, nowUs));
    }
  }

  /** Gives up what waits of a bot. @returns packets that were given up */
  dismiss(): number {
    return this.#hold.take().length;
  }

  /** Moves time on; see `Speaker.advance`. */
  advance(nowUs: number, stalled: boolean): void {
    if (this.#hold.isDue(nowUs)) this.admit(nowUs);
    this.#speaker.advance(nowUs, stalled);
  }

  /** Nothing was read until `nowUs`: what is missing is waited for anew. */
  waitAnew(nowUs: number): void {
    this.#speaker.waitAnew(nowUs);
  }

  /** Writes what waits and closes the segment. */
  finish(ending: SegmentEnding, nowUs: number): void {
    if (this.#hold.size > 0) this.admit(nowUs);
    this.#speaker.finish(ending, nowUs);
  }

  /** Writes what waits, closes the segment, and forgets the numbering of the voice server. */
  reset(ending: SegmentEnding, nowUs: number): void {
    this.finish(ending, nowUs);
    this.#speaker.reset();
  }

  /** Gives up what waits, unwritten, and closes the segment. @returns packets that were given up */
  discard(ending: SegmentEnding, nowUs: number): number {
    const held = this.#hold.take().length;
    if (held > 0) this.tally.drop('opted_out', held);
    return held + this.#speaker.discard(ending, nowUs);
  }

  #pass(packet: MediaPacket | DroppedPacket, nowUs: number): void {
    if ('opus' in packet) this.#speaker.packet(packet, nowUs);
    else this.#speaker.dropped(packet, nowUs);
  }
}
