import { OpusDecoder } from '../codec/opus-decoder.ts';
import { GRID_SAMPLES, SILENCE_20MS, silenceFill } from '../ogg/silence.ts';
import { SPURT_GAP_SAMPLES } from '../ogg/walk.ts';
import { MIX_DECODER_GAIN_DB } from './decoder-gain.ts';

/** Takes what was decoded: interleaved 16-bit samples with `MIX_DECODER_GAIN_DB`, good during the call, and the granule of the first. */
export type TakePcm = (pcm: Int16Array, granule: number) => void;

/**
 * Decodes one person's packets, silence left out, in order. Each talk-spurt begins with a fresh decoder, so that what comes out does not
 * depend on what was decoded before it.
 */
export class SpurtDecoder implements Disposable {
  readonly #decoder: OpusDecoder;
  /** Granule behind the last packet; null before the first. */
  #end: number | null = null;

  /** @throws MuxError `codec_missing` */
  constructor(channels: 1 | 2) {
    this.#decoder = new OpusDecoder({ channels, gainDb: MIX_DECODER_GAIN_DB });
  }

  get badPackets(): number {
    return this.#decoder.badPackets;
  }

  decode(data: Uint8Array, position: number, samples: number, take: TakePcm): void {
    if (this.#end === null || position - this.#end >= SPURT_GAP_SAMPLES) {
      this.finish(take);
    } else {
      const gap = Math.max(0, Math.floor((position - this.#end) / GRID_SAMPLES)) * GRID_SAMPLES;
      for (const fill of silenceFill(gap)) {
        take(this.#decoder.decodeInPlace(fill.packet), this.#end);
        this.#end += fill.samples;
      }
    }
    take(this.#decoder.decodeInPlace(data), position);
    this.#end = position + samples;
  }

  /** Lets what was decoded ring out (the codec's overlap sounds on for 2.5 ms), and forgets it. */
  finish(take: TakePcm): void {
    if (this.#end !== null) take(this.#decoder.decodeInPlace(SILENCE_20MS), this.#end);
    this.#decoder.reset();
    this.#end = null;
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
  }
}
