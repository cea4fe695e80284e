import { Resampler } from '../../dsp/resampler.ts';
import { ECHO_LAGS, ECHO_WINDOW, type EchoCorrelator } from './echo-correlator.ts';
import { ECHO_RATE, type EchoReference } from './echo-reference.ts';
import type { EchoTurns } from './echo-turns.ts';

/** Speech without which nothing is compared, samples (256 ms). */
const LEAST = ECHO_WINDOW / 2;
/** Speech after a longer gap is heard from the start, microseconds. */
const GAP_US = 100_000;

/**
 * How much of one person's audio is the bot's own voice. What was played in the last second and in the one before are looked at in
 * turn, each time from the newest half second of speech; the higher of both counts. Costs nothing while the bot is silent.
 */
export class EchoMeter {
  readonly #reference: EchoReference;
  readonly #correlator: EchoCorrelator;
  readonly #turns: EchoTurns;
  readonly #resampler = new Resampler({ from: 48_000, to: ECHO_RATE });
  readonly #heard = new Float32Array(ECHO_WINDOW);
  readonly #played = new Float32Array(ECHO_WINDOW + ECHO_LAGS);
  #filled = 0;
  #lastUs = Number.NEGATIVE_INFINITY;
  #comparedUs = Number.NEGATIVE_INFINITY;
  #turn: 0 | 1 = 0;
  /** By turn; undefined before the first comparison. */
  #found: [number | undefined, number | undefined] = [undefined, undefined];

  constructor(reference: EchoReference, correlator: EchoCorrelator, turns: EchoTurns) {
    this.#reference = reference;
    this.#correlator = correlator;
    this.#turns = turns;
  }

  /**
   * Takes what was just decoded: 48 kHz mono.
   * @param nowUs CLOCK_MONOTONIC of its arrival, microseconds
   * @returns 0–1; undefined while the bot has played nothing for 2 s, or too little has been heard
   */
  hear(samples: Float32Array, nowUs: number): number | undefined {
    if (!this.#reference.isHeardAt(nowUs) || nowUs - this.#lastUs > GAP_US) this.#forget();
    if (!this.#reference.isHeardAt(nowUs)) return undefined;
    this.#lastUs = nowUs;
    this.#keep(this.#resampler.push(samples));
    if (this.#filled >= LEAST && this.#turns.take(nowUs - this.#comparedUs)) this.#compare(nowUs);
    const [near, far] = this.#found;
    return near === undefined ? undefined : Math.max(near, far ?? 0);
  }

  #compare(nowUs: number): void {
    this.#comparedUs = nowUs;
    const heard = this.#heard.subarray(ECHO_WINDOW - this.#filled);
    const played = this.#played.subarray(0, heard.length + ECHO_LAGS);
    this.#reference.until(nowUs - (this.#turn * ECHO_LAGS * 1_000_000) / ECHO_RATE, played);
    this.#found[this.#turn] = this.#correlator.correlation(heard, played);
    this.#turn = this.#turn === 0 ? 1 : 0;
  }

  #keep(samples: Float32Array): void {
    this.#heard.copyWithin(0, samples.length);
    this.#heard.set(samples, ECHO_WINDOW - samples.length);
    this.#filled = Math.min(ECHO_WINDOW, this.#filled + samples.length);
  }

  #forget(): void {
    if (this.#filled === 0) return;
    this.#resampler.reset();
    this.#filled = 0;
    this.#turn = 0;
    this.#found = [undefined, undefined];
    this.#comparedUs = Number.NEGATIVE_INFINITY;
  }
}
