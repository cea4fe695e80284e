/** The grid of all clocks: 2.5 ms, the shortest Opus frame, 120 samples. */
export const TICK_US = 2_500;
export const TICK_SAMPLES = 120;
/** Speech starts on whole 20 ms, as a capture device hands out its buffers. */
const TICKS_PER_BUFFER = 8;
const BUFFER_US = TICK_US * TICKS_PER_BUFFER;

export interface RtpClockOptions {
  readonly startTimestamp: number;
  readonly driftPpm: number;
  readonly pauseClock: 'advance' | 'freeze';
}

/**
 * A person's sample clock: it runs through pauses, a little too fast or slow, and says when a tick is due and which
 * RTP timestamp it has. Clocks without drift share one 20 ms grid, so that one wake-up serves everybody.
 */
export class RtpClock {
  readonly #options: RtpClockOptions;
  readonly #originUs: number;
  readonly #tickUs: number;
  #frozenTicks = 0;
  #lastTick = 0;

  constructor(nowUs: number, options: RtpClockOptions) {
    this.#options = options;
    this.#originUs = Math.ceil(nowUs / BUFFER_US) * BUFFER_US;
    this.#tickUs = TICK_US / (1 + options.driftPpm / 1_000_000);
  }

  /** The first tick on a buffer's edge that is due no earlier than `atUs`. */
  startTick(atUs: number): number {
    const ticks = Math.max(0, (atUs - this.#originUs) / this.#tickUs);
    const tick = Math.max(Math.ceil(ticks / TICKS_PER_BUFFER) * TICKS_PER_BUFFER, this.#lastTick);
    if (this.#options.pauseClock === 'freeze') this.#frozenTicks += tick - this.#lastTick;
    this.#lastTick = tick;
    return tick;
  }

  /** Says that speech went on until `tick`. */
  spokeUntil(tick: number): void {
    this.#lastTick = Math.max(this.#lastTick, tick);
  }

  dueUs(tick: number): number {
    return Math.round(this.#originUs + tick * this.#tickUs);
  }

  timestamp(tick: number): number {
    return (this.#options.startTimestamp + (tick - this.#frozenTicks) * TICK_SAMPLES) % 2 ** 32;
  }
}
