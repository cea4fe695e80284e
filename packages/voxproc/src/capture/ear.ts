import { isSilencePacket } from '@parley/mux';
import { classifyPacket } from '../receive/classify.ts';
import { ENVELOPE_SAMPLES } from '../receive/offset-envelope.ts';
import type { DroppedPacket, MediaPacket } from '../receive/packet-source.ts';
import type { Capture } from './capture.ts';
import { EarClock, samplesAt } from './ear-clock.ts';
import type { HeardPacket } from './heard-packet.ts';
import { PreRoll } from './pre-roll.ts';

/** Late packets of a person's former SSRC are told from a return to it by this, microseconds (as the recorder does). */
const FORMER_SSRC_US = 2_000_000;

/** A person of whom nothing came for this long is forgotten, microseconds: the window of the envelope. */
const IDLE_US = ENVELOPE_SAMPLES / 0.048;

/** One person, listened to all the time: where their packets stand in time, the last second of them, and the capture if there is one. */
export class Ear {
  readonly #preRoll = new PreRoll();
  #clock: EarClock | null = null;
  #formerSsrc: number | null = null;
  #ssrcSinceUs = 0;
  #heardUs = Number.NEGATIVE_INFINITY;
  capture: Capture | null = null;

  packet(packet: MediaPacket): void {
    const { opus } = packet;
    const { unusable, samples, speech } = classifyPacket(opus);
    if (unusable !== null) this.#take(packet, null, 0, 'quiet');
    else this.#take(packet, opus, samples, speech ? 'speech' : isSilencePacket(opus) ? 'silence' : 'quiet');
  }

  /** A packet came that cannot be used; it is as if it had been lost. */
  dropped(packet: DroppedPacket): void {
    if (packet.reason !== 'duplicate') this.#take(packet, null, 0, 'quiet');
  }

  /** What was kept of the last `ms` before `nowUs` (CLOCK_MONOTONIC, microseconds), in order of speaking. */
  lately(ms: number, nowUs: number): HeardPacket[] {
    const from = samplesAt(nowUs) - ms * 48;
    return this.#preRoll
      .packets(nowUs)
      .filter(({ clock, rtp, arrivalUs, samples }) => ms > 0 && clock.placeOf(rtp, arrivalUs) + samples > from)
      .sort((a, b) => a.rtp - b.rtp);
  }

  /** Forgets what is too old at `nowUs`. */
  expire(nowUs: number): void {
    this.#preRoll.expire(nowUs);
  }

  /** Whether nothing of it is worth keeping: its clock remembers no longer than this anyway. */
  isIdle(nowUs: number): boolean {
    return this.capture === null && this.#preRoll.size === 0 && nowUs - this.#heardUs > IDLE_US;
  }

  /** Forgets the voice server's numbering: sequence numbers, timestamps and SSRC mean nothing any more. */
  serverChanged(): void {
    this.capture?.numberingChanged();
    this.#clock = null;
    this.#formerSsrc = null;
    this.#preRoll.clear();
  }

  #take(
    header: MediaPacket | DroppedPacket,
    opus: Uint8Array | null,
    samples: number,
    kind: HeardPacket['kind'],
  ): void {
    const { ssrc, sequence, timestamp, arrivalUs } = header;
    this.#heardUs = arrivalUs;
    // Only what could be decrypted is known to come from the sender: nothing else may change whose numbering is followed.
    const clock = opus === null ? this.#known(ssrc) : this.#clockOf(ssrc, arrivalUs);
    if (clock === null) return;
    const rtp = opus === null ? clock.unwrap(timestamp, arrivalUs) : clock.take(timestamp, arrivalUs);
    const heard: HeardPacket = { sequence, rtp, arrivalUs, opus, samples, clock, kind };
    this.#preRoll.add(heard);
    this.capture?.packet(heard);
  }

  #known(ssrc: number): EarClock | null {
    return this.#clock?.ssrc === ssrc ? this.#clock : null;
  }

  /** The clock of an SSRC; a new one begins anew. Null for a late packet of the former SSRC. */
  #clockOf(ssrc: number, arrivalUs: number): EarClock | null {
    const current = this.#clock;
    if (current?.ssrc === ssrc) return current;
    if (current !== null) {
      if (ssrc === this.#formerSsrc && arrivalUs - this.#ssrcSinceUs < FORMER_SSRC_US) return null;
      this.#formerSsrc = current.ssrc;
      this.#preRoll.clear();
      this.capture?.numberingChanged();
    }
    this.#ssrcSinceUs = arrivalUs;
    this.#clock = new EarClock(ssrc);
    return this.#clock;
  }
}
