import { OpusDecoder } from '../../codec/opus-decoder.ts';
import { TruePeak } from '../../loudness/true-peak.ts';
import { SILENCE_20MS } from '../../ogg/silence.ts';
import { FLOAT_OF_DECODED, MIX_DECODER_GAIN_DB } from '../decoder-gain.ts';
import { FRAME } from './chunk.ts';
import type { PacketList } from './packet-list.ts';

/** A stretch to listen to, in packets of a span. */
export interface Stretch {
  readonly packets: PacketList;
  readonly channels: 1 | 2;
  /** The first packet that counts; those before it, as many as there are, let the decoder settle. */
  readonly from: number;
  readonly to: number;
  /** Whether silence comes before the first of all packets. */
  readonly afterSilence: boolean;
  /** Whether silence follows the last of all packets. */
  readonly ends: boolean;
}

/** What a listener hears of a stretch. */
export interface Heard {
  /** True peak, 1 = full scale. */
  readonly peak: number;
  /** Where the limit is exceeded, in samples from `from`, and by what magnitude. */
  readonly above: readonly { readonly sample: number; readonly magnitude: number }[];
}

/** Packets after which a decoder hears what one hears that heard everything before (noise at -65 dB). */
const SETTLING_PACKETS = 10;

/** Decodes what was encoded and finds its true peak: what the encoder adds to the peaks is known behind it only. */
export class Listener implements Disposable {
  readonly #mono = new OpusDecoder({ channels: 1, gainDb: MIX_DECODER_GAIN_DB });
  readonly #stereo = new OpusDecoder({ channels: 2, gainDb: MIX_DECODER_GAIN_DB });
  /** In units of decoded samples. */
  readonly #limit: number;

  /** @param limit magnitude that is not to be exceeded, 1 = full scale */
  constructor(limit: number) {
    this.#limit = limit / FLOAT_OF_DECODED;
  }

  hear({ packets, channels, from, to, afterSilence, ends }: Stretch): Heard {
    const above: { sample: number; magnitude: number }[] = [];
    const peaks = Array.from(
      { length: channels },
      () =>
        new TruePeak(this.#limit, (sample, magnitude) =>
          above.push({ sample, magnitude: magnitude * FLOAT_OF_DECODED }),
        ),
    );
    const decoder = channels === 1 ? this.#mono : this.#stereo;
    const start = Math.max(0, from - SETTLING_PACKETS);
    decoder.reset();
    if (start === 0 && afterSilence) decoder.decodeInPlace(SILENCE_20MS);
    for (let i = start; i < from; i += 1) decoder.decodeInPlace(packets.get(i));
    const take = (packet: Uint8Array): void => {
      const pcm = decoder.decodeInPlace(packet);
      for (const [channel, peak] of peaks.entries()) peak.take(pcm, channel, channels * FRAME, channels);
    };
    for (let i = from; i < to; i += 1) take(packets.get(i));
    if (ends && to === packets.length) take(SILENCE_20MS);
    return { above, peak: Math.max(...peaks.map(({ peak }) => peak)) * FLOAT_OF_DECODED };
  }

  [Symbol.dispose](): void {
    this.#mono[Symbol.dispose]();
    this.#stereo[Symbol.dispose]();
  }
}
