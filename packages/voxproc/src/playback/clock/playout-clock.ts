import type { Clock } from '@parley/protocol';
import { Lateness } from './lateness.ts';

/** Milliseconds of a frame. */
export const FRAME_MS = 20;

export interface PlayoutClockOptions {
  readonly clock: Clock;
  /** One frame's time has come. @returns whether another will follow; the clock rests otherwise. */
  readonly tick: () => boolean;
  /** Frames that could not leave in time: the schedule was moved by as many. */
  readonly onLate: (frames: number) => void;
}

/**
 * Ticks every 20 ms while something plays. Drift-corrected: each due time follows from the one before, not from when the timer fired.
 * A tick that is late by more than a frame moves the schedule: what follows is played later, never in a burst. At rest it has no timer,
 * and wakes at once, though never earlier than 20 ms after the last tick.
 */
export class PlayoutClock implements Disposable {
  readonly lateness = new Lateness();
  #options: PlayoutClockOptions;
  #timer: Disposable | null = null;
  #state: 'resting' | 'ticking' | 'over' = 'resting';
  #nextMs = Number.NEGATIVE_INFINITY;
  #isInTick = false;
  #isWoken = false;
  #lateFrames = 0;

  constructor(options: PlayoutClockOptions) {
    this.#options = options;
  }

  /** Frames by which the schedule was moved since the beginning. */
  get lateFrames(): number {
    return this.#lateFrames;
  }

  /** Something is to be played. The first tick may happen within this call. */
  wake(): void {
    if (this.#isInTick) this.#isWoken = true;
    if (this.#state !== 'resting' || this.#isInTick) return;
    this.#state = 'ticking';
    const nowMs = this.#nowMs();
    if (this.#nextMs > nowMs) {
      this.#schedule();
      return;
    }
    this.#nextMs = nowMs;
    this.#onDue();
  }

  [Symbol.dispose](): void {
    this.#state = 'over';
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }

  #schedule(): void {
    this.#timer = this.#options.clock.setTimeout(() => this.#onDue(), Math.max(0, this.#nextMs - this.#nowMs()));
  }

  #onDue(): void {
    this.#timer = null;
    const nowMs = this.#nowMs();
    const lateMs = nowMs - this.#nextMs;
    this.lateness.add(lateMs);
    const late = Math.floor(lateMs / FRAME_MS);
    if (lateMs > FRAME_MS) {
      this.#nextMs = nowMs;
      this.#lateFrames += late;
    }
    this.#nextMs += FRAME_MS;
    this.#isWoken = false;
    this.#isInTick = true;
    let goesOn = false;
    try {
      goesOn = this.#options.tick();
    } finally {
      this.#isInTick = false;
      if (this.#state === 'ticking') {
        if (goesOn || this.#isWoken) this.#schedule();
        else this.#state = 'resting';
      }
    }
    if (lateMs > FRAME_MS) this.#options.onLate(late);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
