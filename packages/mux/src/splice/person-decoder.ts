import { OpusDecoder } from '../codec/index.ts';
import { MIX_DECODER_GAIN_DB } from '../mix/decoder-gain.ts';
import type { PlacedPacket } from '../mix/track-packets.ts';
import { SILENCE_20MS, silenceFill } from '../ogg/silence.ts';
import { SPURT_GAP_SAMPLES } from '../ogg/walk.ts';
import type { PacketWindow } from './packet-window.ts';

/** Packets decoded ahead so that a decoder that begins in the middle has settled; more change nothing (measured). */
const RUN_UP_PACKETS = 10;
/** Takes decoded audio: interleaved 16-bit stereo, good during the call; `speech` is false for what only rings on after a packet. */
export type TakePcm = (at: number, pcm: Int16Array, speech: boolean) => void;

/** Decoded for its effect alone. */
const nowhere: TakePcm = () => {};

/**
 * Decodes one person's packets from somewhere on. Each talk-spurt begins with a fresh decoder, as in the sparse mix: silence packets in
 * its memory would make the first frames too soft.
 */
export class PersonDecoder implements Disposable {
  readonly #window: PacketWindow;
  readonly #decoder = new OpusDecoder({ gainDb: MIX_DECODER_GAIN_DB });
  #next = 0;
  /** End of what was decoded last; null when nothing rings on. */
  #end: number | null = null;

  constructor(window: PacketWindow) {
    this.#window = window;
  }

  get badPackets(): number {
    return this.#decoder.badPackets;
  }

  /** Goes to `position`: packets of the same talk-spurt before it are decoded for their effect alone. */
  begin(position: number): void {
    const first = this.#window.endingAfter(position);
    this.#decoder.reset();
    this.#end = null;
    this.#next = first;
    let start = this.#window.at(first)?.position ?? Number.POSITIVE_INFINITY;
    while (this.#next > this.#window.first && first - this.#next < RUN_UP_PACKETS) {
      const before = this.#window.at(this.#next - 1);
      if (before === undefined || start - before.position - before.samples >= SPURT_GAP_SAMPLES) break;
      this.#next -= 1;
      start = before.position;
    }
    while (this.#next < first) this.#decodeNext(nowhere);
  }

  /** Decodes every packet that begins before `to`, and what rings on after the last one before a pause. */
  decodeTo(to: number, take: TakePcm): void {
    for (;;) {
      const packet = this.#window.at(this.#next);
      if (packet === undefined || packet.position >= to) {
        if (this.#end !== null && this.#end < to && packet?.position !== this.#end) this.#ringOut(packet, take);
        return;
      }
      this.#decodeNext(take);
    }
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
  }

  #decodeNext(take: TakePcm): void {
    const packet = this.#window.at(this.#next);
    if (packet === undefined) return;
    this.#ringOut(packet, take);
    take(packet.position, this.#decoder.decodeInPlace(packet.data), true);
    this.#end = packet.position + packet.samples;
    this.#next += 1;
  }

  /** What sounds on in the pause before `next`: a short one is silence packets as on the track, a longer one ends the talk-spurt. */
  #ringOut(next: PlacedPacket | undefined, take: TakePcm): void {
    const end = this.#end;
    if (end === null) return;
    const gap = (next?.position ?? Number.POSITIVE_INFINITY) - end;
    if (gap >= SPURT_GAP_SAMPLES) {
      take(end, this.#decoder.decodeInPlace(SILENCE_20MS), false);
      this.#decoder.reset();
    } else {
      let at = end;
      for (const { packet, samples } of silenceFill(gap)) {
        take(at, this.#decoder.decodeInPlace(packet), false);
        at += samples;
      }
    }
    this.#end = null;
  }
}
