import { nowUs } from '../core/mono-clock.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Mouth } from './mouth.ts';
import type { NetworkModel } from './network-model.ts';
import { type FrameMs, SILENCE_FRAME, SILENCE_FRAMES } from './opus-frames.ts';
import { TICK_SAMPLES } from './rtp-clock.ts';
import type { SentPacket } from './truth.ts';

/** The speaking event goes out this long before the first packet, as clients do it. */
const LEAD_US = 20_000;
const SILENCE_TICKS = 8;

/** One stretch of speech, as it was sent. */
export interface SpokenTruth {
  readonly packets: readonly SentPacket[];
  /** CLOCK_MONOTONIC, µs: when it began by the person's clock. A machine that stands still sends the first packet later. */
  readonly startedAtUs: number;
  /** CLOCK_MONOTONIC, µs: when the last packet had been sent. */
  readonly endedAtUs: number;
  /** Cut short: stopped, or the person left the channel. */
  readonly interrupted: boolean;
}

export interface SpeechOptions {
  readonly frames: Iterator<Buffer>;
  readonly frameMs: FrameMs;
  readonly network: NetworkModel;
  readonly scheduler: Scheduler;
  /** The connection to speak over, asked again before each frame; null when the person is in no call. */
  readonly mouth: () => Mouth | null;
}

/** Paces frames by the person's clock, then sends five silence frames. A move in mid-speech goes on in the new call. */
export class Speech {
  readonly done: Promise<SpokenTruth>;
  readonly #options: SpeechOptions;
  readonly #frameTicks: number;
  readonly #packets: SentPacket[] = [];
  #finish: (truth: SpokenTruth) => void = () => undefined;
  #mouth: Mouth | null = null;
  #tick = 0;
  #index = 0;
  #startedAtUs: number | null = null;
  #stopped = false;
  #settled = false;

  constructor(options: SpeechOptions) {
    this.#options = options;
    this.#frameTicks = options.frameMs / 2.5;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#enter(options.mouth());
  }

  /** Ends after the next frame, with its silence frames. */
  stop(): void {
    this.#stopped = true;
  }

  #enter(mouth: Mouth | null): void {
    this.#mouth = mouth;
    if (!mouth) {
      this.#end(true);
      return;
    }
    mouth.announce(1, this.#options.network);
    this.#tick = mouth.clock.startTick(nowUs() + LEAD_US);
    this.#startedAtUs ??= mouth.clock.dueUs(this.#tick);
    this.#schedule(() => this.#speak());
  }

  #schedule(run: () => void): void {
    if (!this.#mouth) return;
    this.#options.scheduler.at(this.#mouth.clock.dueUs(this.#tick), run);
  }

  #speak(): void {
    const mouth = this.#options.mouth();
    if (mouth !== this.#mouth) {
      this.#enter(mouth);
      return;
    }
    const next = this.#stopped ? { done: true as const, value: undefined } : this.#options.frames.next();
    if (next.done) {
      this.#quieten(0);
      return;
    }
    this.#send(next.value, this.#frameTicks, false);
    this.#schedule(() => this.#speak());
  }

  #quieten(sent: number): void {
    const mouth = this.#options.mouth();
    if (mouth !== this.#mouth || sent === SILENCE_FRAMES) {
      if (mouth && mouth === this.#mouth) mouth.announce(0, this.#options.network);
      this.#end(this.#stopped || mouth !== this.#mouth);
      return;
    }
    this.#send(SILENCE_FRAME, SILENCE_TICKS, true);
    this.#schedule(() => this.#quieten(sent + 1));
  }

  #send(opus: Buffer, ticks: number, silence: boolean): void {
    const frame = { tick: this.#tick, samples: ticks * TICK_SAMPLES, index: this.#index, silence };
    const packet = this.#mouth?.send(opus, frame, this.#options.network);
    if (packet) this.#packets.push(packet);
    this.#index += 1;
    this.#tick += ticks;
    this.#mouth?.clock.spokeUntil(this.#tick);
  }

  #end(interrupted: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    const at = nowUs();
    this.#finish({ packets: this.#packets, startedAtUs: this.#startedAtUs ?? at, endedAtUs: at, interrupted });
  }
}
