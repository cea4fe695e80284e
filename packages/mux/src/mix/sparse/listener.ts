import { OpusDecoder } from '../../codec/opus-decoder.ts';
import { KWeighting } from '../../loudness/k-weighting.ts';
import { TruePeak } from '../../loudness/true-peak.ts';
import { SILENCE_20MS } from '../../ogg/silence.ts';
import { FLOAT_OF_DECODED, MIX_DECODER_GAIN_DB } from '../decoder-gain.ts';
import { FRAME } from './chunk.ts';

/** What a listener hears of a span. */
export interface Heard {
  /** K-weighted energy of each frame, both channels added; one more than there were packets when the span's end was heard. */
  readonly energies: readonly number[];
  /** 1 = full scale. */
  readonly peak: number;
  /** Where the limit is exceeded, in samples from the first frame that counts, and by what magnitude. */
  readonly above: readonly { readonly sample: number; readonly magnitude: number }[];
}

/** Decodes what was encoded and measures it: the truth about levels is behind the encoder. */
export class Listener implements Disposable {
  readonly #decoder = new OpusDecoder({ gainDb: MIX_DECODER_GAIN_DB });
  /** In units of decoded samples. */
  readonly #limit: number;

  /** @param limit magnitude that is not to be exceeded, 1 = full scale */
  constructor(limit: number) {
    this.#limit = limit / FLOAT_OF_DECODED;
  }

  /**
   * Listens to 20 ms packets.
   * @param warmUp packets at the start that are decoded but do not count; 0: the span begins after silence
   * @param ends whether silence follows
   */
  hear(packets: readonly Uint8Array[], warmUp: number, ends: boolean): Heard {
    const energies: number[] = [];
    const above: { sample: number; magnitude: number }[] = [];
    const channels = [0, 1].map((channel) => ({
      ...{ channel, weighting: new KWeighting() },
      peak: new TruePeak(this.#limit, (sample, magnitude) =>
        above.push({ sample, magnitude: magnitude * FLOAT_OF_DECODED }),
      ),
    }));
    this.#decoder.reset();
    if (warmUp === 0) this.#decoder.decode(SILENCE_20MS);
    for (const [i, packet] of (ends ? [...packets, SILENCE_20MS] : packets).entries()) {
      const pcm = this.#decoder.decode(packet);
      let energy = 0;
      for (const { channel, weighting, peak } of channels) {
        energy += weighting.energy(pcm, channel, 2 * FRAME, 2);
        if (i >= warmUp) peak.take(pcm, channel, 2 * FRAME, 2);
      }
      if (i >= warmUp) energies.push(energy * FLOAT_OF_DECODED ** 2);
    }
    return { energies, above, peak: Math.max(...channels.map(({ peak }) => peak.peak)) * FLOAT_OF_DECODED };
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
  }
}
