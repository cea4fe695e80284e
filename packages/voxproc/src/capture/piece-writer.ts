import { SAMPLE_RATE } from '@parley/mux';
import { levelsOf } from '../dsp/levels.ts';
import { Resampler } from '../dsp/resampler.ts';
import { writeS16le } from '../dsp/samples.ts';

/** Samples of one message at most: audio of a message is bounded to 256 KiB. */
const MAX_SAMPLES = 100_000;

/** One message's worth of a capture. */
export interface Piece {
  /** 48 kHz samples from the first one of the capture to the first one of this piece. */
  readonly offset: number;
  readonly pcm: Buffer;
  readonly ms: number;
  readonly peak: number;
  readonly rms: number;
}

/** Cuts continuous 48 kHz samples into messages at the rate that was asked for. */
export class PieceWriter {
  readonly #rate: number;
  readonly #resampler: Resampler;
  readonly #give: (piece: Piece) => void;
  #given = 0;
  /** What is gathered into one message; null while each piece is one of its own. */
  #gathered: Float32Array[] | null = null;

  constructor(rate: number, give: (piece: Piece) => void) {
    this.#rate = rate;
    this.#resampler = new Resampler({ from: SAMPLE_RATE, to: rate });
    this.#give = give;
  }

  write(samples: Float32Array): void {
    this.#put(this.#resampler.push(samples));
  }

  /** Everything written by `job` becomes one message. */
  together(job: () => void): void {
    if (this.#gathered !== null) {
      job();
      return;
    }
    this.#gathered = [];
    job();
    const whole = joined(this.#gathered);
    this.#gathered = null;
    this.#put(whole);
  }

  /** Gives what still waits for the samples after it. */
  flush(): void {
    this.#put(this.#resampler.flush());
  }

  #put(samples: Float32Array): void {
    if (samples.length === 0) return;
    if (this.#gathered !== null) {
      // The resampler's samples are a view that its next call overwrites.
      this.#gathered.push(samples.slice());
      return;
    }
    for (let at = 0; at < samples.length; at += MAX_SAMPLES) {
      const piece = samples.subarray(at, at + MAX_SAMPLES);
      const offset = Math.round((this.#given * SAMPLE_RATE) / this.#rate);
      this.#given += piece.length;
      const ms = (piece.length * 1_000) / this.#rate;
      this.#give({ offset, pcm: writeS16le(piece), ms, ...levelsOf(piece) });
    }
  }
}

const joined = (parts: readonly Float32Array[]): Float32Array => {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
