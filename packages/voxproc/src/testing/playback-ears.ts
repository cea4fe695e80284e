import { isSilencePacket, OpusDecoder } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { FrameOutput } from '../playback/voice-output.ts';

/** One thing that was handed to the voice server, and when: milliseconds since the first. */
export interface Handed {
  readonly atMs: number;
  readonly kind: 'audio' | 'silence' | 'stop';
  /** What it sounds like: 960 samples, left channel. */
  readonly left: Float32Array;
  readonly isStereo: boolean;
}

/** An output in memory that hears what it is given. `ready` is switched by the test. */
export class PlaybackEars implements FrameOutput {
  readonly handed: Handed[] = [];
  ready = true;
  #clock: Clock;
  #decoder = new OpusDecoder();
  #startMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.now();
  }

  send(frame: Buffer): boolean {
    if (this.ready) this.#hear('audio', frame);
    return this.ready;
  }

  sendSilence(): boolean {
    this.#hear('silence', Buffer.from([0xf8, 0xff, 0xfe]));
    return true;
  }

  stopSpeaking(): void {
    const atMs = this.#clock.now() - this.#startMs;
    this.handed.push({ atMs, kind: 'stop', left: new Float32Array(0), isStereo: false });
  }

  /** Everything handed over, one letter each. */
  get kinds(): string {
    const letters = { audio: 'a', silence: 's', stop: '.' } as const;
    return this.handed.map(({ kind }) => letters[kind]).join('');
  }

  /** All of it one after the other, as if there were no pauses. */
  get pcm(): Float32Array {
    return Float32Array.from(this.handed.flatMap(({ left }) => [...left]));
  }

  #hear(kind: 'audio' | 'silence', frame: Buffer): void {
    const pcm = this.#decoder.decode(frame);
    const left = Float32Array.from({ length: 960 }, (_, index) => (pcm[2 * index] as number) / 32_768);
    const isStereo = !isSilencePacket(frame) && ((frame[0] as number) & 4) !== 0;
    this.handed.push({ atMs: this.#clock.now() - this.#startMs, kind, left, isStereo });
  }
}

/** s16le of a sine, `ms` long, at `rate` Hz. `level` is its peak, of full scale. */
export const tonePcm = (hz: number, ms: number, { rate = 24_000, level = 0.25, from = 0 } = {}): Buffer => {
  const samples = Math.round((ms * rate) / 1000);
  const pcm = Buffer.alloc(samples * 2);
  for (let index = 0; index < samples; index += 1) {
    const value = level * Math.sin((2 * Math.PI * hz * (from + index)) / rate);
    pcm.writeInt16LE(Math.round(value * 32_767), index * 2);
  }
  return pcm;
};

/** The largest step from one sample to the next. */
export const largestStep = (pcm: Float32Array): number => {
  let largest = 0;
  for (let at = 1; at < pcm.length; at += 1)
    largest = Math.max(largest, Math.abs((pcm[at] as number) - (pcm[at - 1] as number)));
  return largest;
};
