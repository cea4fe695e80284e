import { OpusEncoder } from '@parley/mux';
import type { CaptureParams } from '../capture/capture.ts';
import type { CaptureAudio, CaptureEnded, CapturePaused, CaptureResumed } from '../capture/capture-sink.ts';
import { Captures } from '../capture/captures.ts';
import { EchoReference } from '../capture/echo/echo-reference.ts';
import { readS16le } from '../dsp/samples.ts';
import type { PacketSink } from '../receive/packet-source.ts';
import { StallingClock } from './stalling-clock.ts';
import { Talker } from './talker.ts';

/** Where the clock of the rig stands, CLOCK_MONOTONIC, microseconds; the session's zero is here. */
export const CAPTURE_ZERO_US = 1_000_000_000;
export const SILENCE_FRAME = Uint8Array.of(0xf8, 0xff, 0xfe);

/** Everything a capture told, in its order. */
export type CaptureTold =
  | ({ readonly what: 'audio'; readonly atUs: number; readonly ms: number } & CaptureAudio)
  | ({ readonly what: 'paused'; readonly atUs: number } & CapturePaused)
  | ({ readonly what: 'resumed'; readonly atUs: number } & CaptureResumed)
  | ({ readonly what: 'ended'; readonly atUs: number } & CaptureEnded)
  | { readonly what: 'discard'; readonly atUs: number; readonly userId: string };

/** 20 ms packets of 48 kHz mono floats. */
export const opusPackets = (samples: Float32Array): Uint8Array[] => {
  using encoder = new OpusEncoder({ channels: 1, bitrate: 64_000 });
  return Array.from({ length: Math.floor(samples.length / 960) }, (_, frame) =>
    encoder.encode(
      Int16Array.from({ length: 960 }, (_, at) => Math.round((samples[frame * 960 + at] as number) * 32_767)),
    ),
  );
};

/** 20 ms packets of a continuous tone. */
export const tonePackets20 = (hz: number, count: number, { level = 0.5 } = {}): Uint8Array[] =>
  opusPackets(
    Float32Array.from({ length: count * 960 }, (_, at) => level * Math.sin((2 * Math.PI * hz * at) / 48_000)),
  );

const nothing: PacketSink = {
  packet: () => undefined,
  dropped: () => undefined,
  unattributed: () => undefined,
  foreign: () => undefined,
  bot: () => undefined,
  optedOut: () => undefined,
};

/** Captures on a fake clock, with what they told. */
export class CaptureRig implements Disposable {
  readonly clock = new StallingClock({ now: 1_800_000_000_000, monotonicUs: CAPTURE_ZERO_US });
  readonly told: CaptureTold[] = [];
  readonly echo = new EchoReference();
  readonly refused = new Set<string>();
  readonly errors: Error[] = [];
  /** What a piece of audio meets on its way to the supervisor. */
  defect: Error | null = null;
  readonly captures: Captures;
  readonly sink: PacketSink;
  zeroUs = CAPTURE_ZERO_US;

  constructor() {
    const atUs = () => this.clock.monotonicUs();
    this.captures = new Captures({
      clock: this.clock,
      echo: this.echo,
      mayBeHeard: (userId) => !this.refused.has(userId),
      positionAt: (us) => Math.round((us - this.zeroUs) * 0.048),
      onError: (error) => this.errors.push(error),
      sink: {
        audio: (piece, ms) => {
          if (this.defect) throw this.defect;
          this.told.push({ what: 'audio', atUs: atUs(), ms, ...piece });
        },
        paused: (params) => this.told.push({ what: 'paused', atUs: atUs(), ...params }),
        resumed: (params) => this.told.push({ what: 'resumed', atUs: atUs(), ...params }),
        ended: (params) => this.told.push({ what: 'ended', atUs: atUs(), ...params }),
        discard: (userId) => this.told.push({ what: 'discard', atUs: atUs(), userId }),
        taken: () => Promise.resolve(),
      },
    });
    this.sink = this.captures.beside(nothing);
  }

  talker(userId: string, numbers: { ssrc?: number; sequence?: number; timestamp?: number } = {}): Talker {
    return new Talker({ clock: this.clock, recorder: this.sink }, userId, numbers);
  }

  start(userId: string, over: Partial<CaptureParams> = {}) {
    const defaults = {
      captureId: `capture of ${userId}`,
      sampleRate: 16_000,
      silenceMs: 700,
      preRollMs: 300,
      maxMs: 30_000,
    };
    return this.captures.start({ ...defaults, ...over, userId });
  }

  all<W extends CaptureTold['what']>(what: W): Extract<CaptureTold, { what: W }>[] {
    return this.told.filter((told): told is Extract<CaptureTold, { what: W }> => told.what === what);
  }

  /** All audio of a person, one after the other, floats of ±1. */
  audio(userId: string): Float32Array {
    const pieces = this.all('audio').filter((piece) => piece.userId === userId);
    return Float32Array.from(pieces.flatMap(({ pcm }) => [...readS16le(pcm)]));
  }

  [Symbol.dispose](): void {
    this.captures[Symbol.dispose]();
  }
}

/** Level of one frequency in dB; a sine of full scale reads 0. */
export const levelOf = (samples: Float32Array, rate: number, hz: number): number => {
  let [re, im] = [0, 0];
  samples.forEach((sample, index) => {
    re += sample * Math.cos((2 * Math.PI * hz * index) / rate);
    im += sample * Math.sin((2 * Math.PI * hz * index) / rate);
  });
  return 20 * Math.log10((2 * Math.hypot(re, im)) / Math.max(1, samples.length) + 1e-9);
};
