import { SAMPLE_RATE } from '@parley/mux';

const SAMPLES_PER_US = SAMPLE_RATE / 1_000_000;

/**
 * The sample clock of one recording: sample 0 stands at `originUs` of CLOCK_MONOTONIC and at `startTime` of the wall clock. Wall times
 * are derived from it, so that a step of the wall clock moves nothing.
 */
export class RecordingClock {
  readonly #originUs: number;
  readonly #startTime: number;

  /** `originUs` in microseconds, `startTime` in epoch milliseconds. */
  constructor(originUs: number, startTime: number) {
    this.#originUs = originUs;
    this.#startTime = startTime;
  }

  /** The position of an instant of CLOCK_MONOTONIC (microseconds), in samples with a fraction. */
  exactSampleAt(us: number): number {
    return (us - this.#originUs) * SAMPLES_PER_US;
  }

  /** The position of an instant of CLOCK_MONOTONIC, in whole samples. */
  sampleAt(us: number): number {
    return Math.round(this.exactSampleAt(us));
  }

  /** The wall time of a position, in whole epoch milliseconds. */
  timeAt(sample: number): number {
    return Math.max(0, Math.round(this.#startTime + (sample * 1000) / SAMPLE_RATE));
  }
}
