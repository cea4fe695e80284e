import type { Prng } from '../core/prng.ts';

/** How a header extension looks: `discord` is one word in the one-byte form of RFC 8285. */
export type ExtensionStyle = 'discord' | 'none' | 'empty' | 'three-words' | 'two-byte';

/** What happens to a person's packets between microphone and call. Everything is off by default; percentages are 0-100. */
export interface NetworkModel {
  readonly lossPercent?: number;
  /** Packets lost in a row each time; 1 by default. */
  readonly lossBurst?: number;
  /** Exactly these frames of a speech are lost, counted from 0. */
  readonly loseFrames?: readonly number[];
  /** Each packet is late by up to this many milliseconds; above 20 they overtake each other. */
  readonly jitterMs?: number;
  /** A constant delay, milliseconds. */
  readonly delayMs?: number;
  /** These are late by 25-45 ms, so that one or two others overtake them. */
  readonly reorderPercent?: number;
  readonly duplicatePercent?: number;
  /** How much too fast the person's clock runs, parts per million. */
  readonly driftPpm?: number;
  /** Milliseconds the speaking event (op 5) comes late, or `never`. */
  readonly speakingDelayMs?: number | 'never';
  /** Bytes of RTP padding on each packet, the count byte included. */
  readonly paddingBytes?: number;
  /** After every n-th frame a packet that is padding alone. */
  readonly paddingOnlyEvery?: number;
  /** Contributing sources in the RTP header, 0-15. */
  readonly csrcs?: number;
  readonly extension?: ExtensionStyle;
  /** After every n-th frame an RTCP datagram. */
  readonly rtcpEvery?: number;
  /** After every n-th frame a video datagram. */
  readonly videoEvery?: number;
  /** Sequence number of the first packet after joining; random by default. */
  readonly startSequence?: number;
  /** RTP timestamp of the moment of joining; random by default. */
  readonly startTimestamp?: number;
  /** SSRC instead of the one the server would assign. */
  readonly ssrc?: number;
  /** `freeze`: the RTP clock stands still while the person is silent, as with some bots. */
  readonly pauseClock?: 'advance' | 'freeze';
}

/** Delays of the copies that arrive, in µs; none when the packet is lost. */
export type Delivery = readonly number[];

/** Decides packet by packet, from the seed alone. */
export class NetworkLink {
  readonly #random: Prng;
  #burstLeft = 0;

  constructor(random: Prng) {
    this.#random = random;
  }

  /** The fate of frame number `frame` of a speech. Each call draws the same count of numbers, so switches do not disturb each other. */
  deliver(model: NetworkModel, frame: number): Delivery {
    const loss = this.#random.next() * 100;
    const jitter = this.#random.next();
    const reorder = this.#random.next() * 100;
    const late = this.#random.next();
    const duplicate = this.#random.next() * 100;
    const {
      lossPercent = 0,
      lossBurst = 1,
      jitterMs = 0,
      delayMs = 0,
      reorderPercent = 0,
      duplicatePercent = 0,
    } = model;
    if (model.loseFrames?.includes(frame)) return [];
    if (this.#burstLeft > 0) {
      this.#burstLeft -= 1;
      return [];
    }
    if (loss < lossPercent / lossBurst) {
      this.#burstLeft = lossBurst - 1;
      return [];
    }
    const extra = reorder < reorderPercent ? 25 + late * 20 : 0;
    const delayUs = Math.round((delayMs + jitter * jitterMs + extra) * 1_000);
    return duplicate < duplicatePercent ? [delayUs, delayUs + 3_000] : [delayUs];
  }
}
