import { Resampler } from '../../dsp/resampler.ts';

/** What is played and what is heard are compared at this rate, Hz. */
export const ECHO_RATE = 8_000;
/** How long after it was played something can come back, milliseconds. */
export const ECHO_REACH_MS = 2_000;
const SAMPLES_PER_MS = ECHO_RATE / 1_000;
/** What is kept: the reach and the longest piece of speech that is compared with it. */
const KEPT_SAMPLES = 4_096 * SAMPLES_PER_MS;
/** Frames this close to where the one before ended follow it without a gap, samples (40 ms). */
const SLACK_SAMPLES = 40 * SAMPLES_PER_MS;

/** Hears what the bot really sends; playback writes into it. */
export interface PlayedSink {
  /**
   * Frames that were handed to the voice server.
   * @param samples 48 kHz mono, floats of ±1; not kept
   * @param atUs CLOCK_MONOTONIC when the first of them was handed over, microseconds
   */
  played(samples: Float32Array, atUs: number): void;
}

/** The last seconds of what the bot played, on the monotonic clock: what an echo is compared with. Bounded; silence between. */
export class EchoReference implements PlayedSink {
  readonly #ring = new Float32Array(KEPT_SAMPLES);
  readonly #resampler = new Resampler({ from: 48_000, to: ECHO_RATE });
  /** Where the next sample goes: samples of `ECHO_RATE` since zero of CLOCK_MONOTONIC. */
  #end = Number.NEGATIVE_INFINITY;
  #lastUs = Number.NEGATIVE_INFINITY;

  /** Whether the bot has played anything that may still come back at `nowUs` (CLOCK_MONOTONIC, microseconds). */
  isHeardAt(nowUs: number): boolean {
    return nowUs - this.#lastUs < ECHO_REACH_MS * 1_000;
  }

  played(samples: Float32Array, atUs: number): void {
    const at = Math.round((atUs * SAMPLES_PER_MS) / 1_000);
    if (Math.abs(at - this.#end) > SLACK_SAMPLES) this.#jump(at);
    this.#lastUs = atUs;
    for (const sample of this.#resampler.push(samples)) this.#put(sample);
  }

  /** Copies what was played until `nowUs` (CLOCK_MONOTONIC, microseconds) into `into`, the newest last; silence where nothing was. */
  until(nowUs: number, into: Float32Array): void {
    const end = Math.round((nowUs * SAMPLES_PER_MS) / 1_000);
    for (let index = 0; index < into.length; index += 1) {
      const at = end - into.length + index;
      into[index] = at < this.#end && at >= this.#end - KEPT_SAMPLES ? this.#at(at) : 0;
    }
  }

  /** Nothing was played between what came before and `at`. */
  #jump(at: number): void {
    this.#resampler.reset();
    const from = Math.max(this.#end, at - KEPT_SAMPLES);
    if (at < this.#end) this.#ring.fill(0);
    this.#end = at < this.#end ? at : from;
    while (this.#end < at) this.#put(0);
  }

  #put(sample: number): void {
    this.#ring[slotOf(this.#end)] = sample;
    this.#end += 1;
  }

  #at(at: number): number {
    return this.#ring[slotOf(at)] as number;
  }
}

/** Instants before zero of the clock have their place, too. */
const slotOf = (at: number): number => ((at % KEPT_SAMPLES) + KEPT_SAMPLES) % KEPT_SAMPLES;
