import { SAMPLE_RATE } from '@parley/mux';
import { samplesAt } from './ear-clock.ts';
import type { HeardPacket } from './heard-packet.ts';

/** How much of a loss is concealed, samples (100 ms); the rest is silence. */
const MAX_CONCEALED = SAMPLE_RATE / 10;
/** RTP and arrival may disagree by as much about a gap, samples (200 ms); beyond, RTP jumped. */
const PLAUSIBLE = SAMPLE_RATE / 5;
/** A packet of a person who goes on is not later than this, samples (500 ms); beyond, RTP stood still in the pause. */
const LATEST_RESUME = SAMPLE_RATE / 2;
/** In speech nothing is later than this, samples (1 s); beyond, RTP stepped back. */
const LATEST_SPEECH = SAMPLE_RATE;

/** The part of an ear's clock that places packets. */
export interface PlacingClock {
  placeOf(rtp: number, arrivalUs: number): number;
  anchor(rtp: number, arrivalUs: number): void;
}

/** What stands between the audio before and a packet, in 48 kHz samples. */
export interface Gap {
  readonly concealed: number;
  readonly silence: number;
}

const none: Gap = { concealed: 0, silence: 0 };

/** How the audio before a packet ended. */
export type Before = 'speech' | 'silence_frames' | 'no_packets';

/**
 * Decides what stands between the audio of a person and their next packet, so that samples stay continuous on the clock. Within speech
 * RTP says it, where it is plausible; after a pause the clock does.
 */
export class Continuity {
  /** RTP of what comes next, and samples of a usual packet. Null before the first packet of a numbering. */
  #nextRtp: number | null = null;
  #usual = 960;
  #unusable = 0;

  /** A packet came that cannot be used, and `lost` before it did not come at all: all of them are missing before the next. */
  missed(lost: number, restart: boolean): void {
    this.#unusable += lost + 1;
    if (restart) this.#nextRtp = null;
  }

  /**
   * The gap before `packet`, of which `lost` packets right before never came. `cursor`: where the audio before ended, in the clock's
   * samples; `null` when there is none.
   */
  before(packet: HeardPacket, lost: number, restart: boolean, cursor: number | null, state: Before): Gap {
    const missing = lost + this.#unusable;
    const expected = restart ? null : this.#nextRtp;
    this.#note(packet);
    if (cursor === null) return none;
    const step = expected === null ? null : packet.rtp - expected;
    // Packets that were only held up on the way follow what came before them.
    if (step === 0 && missing === 0 && state !== 'silence_frames') return none;
    const byClock = this.#byClock(packet, cursor, state);
    const paused = state === 'silence_frames' || (state === 'no_packets' && missing === 0);
    if (step === null || step <= 0 || paused) return { concealed: 0, silence: Math.max(0, byClock) };
    const gap = Math.abs(step - byClock) <= PLAUSIBLE ? step : Math.max(0, byClock);
    const concealed = missing === 0 ? 0 : Math.min(gap, missing * this.#usual, MAX_CONCEALED);
    return { concealed, silence: gap - concealed };
  }

  #note({ rtp, samples }: HeardPacket): void {
    this.#unusable = 0;
    this.#usual = samples;
    this.#nextRtp = rtp + samples;
  }

  #byClock({ rtp, arrivalUs, clock }: HeardPacket, cursor: number, state: Before): number {
    const latest = state === 'silence_frames' ? LATEST_RESUME : LATEST_SPEECH;
    if (samplesAt(arrivalUs) - clock.placeOf(rtp, arrivalUs) > latest) clock.anchor(rtp, arrivalUs);
    return clock.placeOf(rtp, arrivalUs) - cursor;
  }
}
