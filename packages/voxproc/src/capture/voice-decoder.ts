import { OpusDecoder } from '@parley/mux';
import { ProtocolError } from '@parley/protocol';
import { floatsOf } from '../dsp/samples.ts';
import { concealmentOf } from '../receive/concealment.ts';

/** Samples decoded of a loss at once. */
const STEP_SAMPLES = 960;
const LONGEST_PACKET_SAMPLES = 5_760;

/** One person's Opus packets as mono floats of ±1 at 48 kHz. What it returns is a view that the next call overwrites. */
export class VoiceDecoder implements Disposable {
  readonly #decoder: OpusDecoder;
  readonly #samples = new Float32Array(LONGEST_PACKET_SAMPLES);
  #previous: Uint8Array | null = null;

  /** @throws ProtocolError `internal` when libopus cannot be loaded on this machine */
  constructor() {
    try {
      this.#decoder = new OpusDecoder({ channels: 1 });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new ProtocolError('internal', `capture.start: ${words}`, undefined, { cause: error });
    }
  }

  /** Decodes a packet; one that is no valid Opus is silence as long as its TOC says. */
  decode(opus: Uint8Array): Float32Array {
    this.#previous = opus;
    return floatsOf(this.#decoder.decodeInPlace(opus), this.#samples);
  }

  /**
   * Conceals a loss after what was decoded last, piece by piece.
   * @returns how many of `samples` were concealed; less where no frame of the stream's kind fits
   */
  conceal(samples: number, give: (piece: Float32Array) => void): number {
    if (this.#previous === null) return 0;
    let left = samples;
    while (left > 0) {
      const fill = concealmentOf(this.#previous, Math.min(left, STEP_SAMPLES));
      if (fill === null) break;
      give(floatsOf(this.#decoder.decodeInPlace(fill.packet), this.#samples));
      left -= fill.samples;
    }
    return samples - left;
  }

  /** Forgets everything decoded before. */
  reset(): void {
    this.#decoder.reset();
    this.#previous = null;
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
  }
}
