import { opusPacketSamples, SAMPLE_RATE } from '@parley/mux';
import { ORIGIN_US, type Placed, type SentPacket } from '@parley/voxproc/testing';

/** A recorder's segments end after this much silence, microseconds. */
const SILENCE_US = 1_000_000;
const WRAP = 0x1_0000_0000;

const sampleAt = (us: number): number => ((us - ORIGIN_US) * SAMPLE_RATE) / 1e6;

/** A way to place one person's packets on the recording's clock, taken in order of arrival. */
export interface PlacementDesign {
  take(sent: SentPacket): void;
  /** Where each speech packet came to stand, in order of being spoken. */
  readonly placed: Placed[];
}

abstract class Design implements PlacementDesign {
  readonly placed: Placed[] = [];

  abstract take(sent: SentPacket): void;

  protected put({ speech, spokenUs }: SentPacket, position: number): void {
    if (speech) this.placed.push({ spokenUs, error: position - sampleAt(spokenUs) });
  }
}

/** As most recorders do it: a segment stands where its first packet arrived, its packets end to end, until a second of silence. */
export class ArrivalPlacement extends Design {
  #lastUs = Number.NEGATIVE_INFINITY;
  #next = 0;

  take(sent: SentPacket): void {
    const { arrivalUs, opus } = sent.packet;
    if (arrivalUs - this.#lastUs >= SILENCE_US) this.#next = sampleAt(arrivalUs);
    this.#lastUs = arrivalUs;
    this.put(sent, this.#next);
    this.#next += opusPacketSamples(opus) ?? 0;
  }
}

/** RTP as it is, anchored at the arrival of the first packet of each SSRC and never again. */
export class RtpOncePlacement extends Design {
  #ssrc: number | null = null;
  #lastRtp = 0;
  #offset = 0;

  take(sent: SentPacket): void {
    const { ssrc, timestamp, arrivalUs } = sent.packet;
    if (ssrc === this.#ssrc) {
      this.#lastRtp += (timestamp - (this.#lastRtp % WRAP)) | 0;
    } else {
      this.#ssrc = ssrc;
      this.#lastRtp = timestamp;
      this.#offset = sampleAt(arrivalUs) - timestamp;
    }
    this.put(sent, this.#lastRtp + this.#offset);
  }
}
