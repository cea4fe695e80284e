import type { Decoder } from '@evan/opus';
import { MuxError } from '../mux-error.ts';
import { opusPacketSamples } from '../ogg/opus-packet.ts';
import { ctl } from './ctl.ts';
import type { DecodeInPlace } from './in-place.ts';
import { loadCodec } from './load-codec.ts';

const copied: DecodeInPlace = (decoder, packet) => {
  const bytes = decoder.decode(packet);
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
};

/** How long a packet that cannot be decoded and does not say its length is taken to be: 20 ms. */
const UNKNOWN_SAMPLES = 960;

export interface OpusDecoderOptions {
  /** 2 by default; mono packets come out in both channels. */
  readonly channels?: 1 | 2;
  /**
   * Gain in dB on everything decoded, in steps of 1/256; 0 by default. A negative one makes room above full scale, where libopus bends
   * the peaks of 16-bit output (RFC 6716 leaves that to the decoder); undo it in floats.
   */
  readonly gainDb?: number;
}

/** Decodes Opus packets of one stream to 48 kHz PCM with libopus. Synchronous. */
export class OpusDecoder implements Disposable {
  readonly #channels: 1 | 2;
  readonly #inPlace: DecodeInPlace;
  #decoder: Decoder | null;
  #badPackets = 0;

  /** @throws MuxError `codec_missing` */
  constructor({ channels = 2, gainDb = 0 }: OpusDecoderOptions = {}) {
    const codec = loadCodec();
    if (!codec.usable) throw new MuxError('codec_missing', `The Opus codec could not be loaded: ${codec.reason}`);
    this.#channels = channels;
    this.#inPlace = codec.inPlace?.decode ?? copied;
    this.#decoder = new codec.Decoder({ channels, sample_rate: 48_000 });
    if (gainDb !== 0) this.#decoder.ctl(ctl.gain, Math.round(gainDb * 256));
  }

  /** Packets that libopus refused so far; each became silence of its length. */
  get badPackets(): number {
    return this.#badPackets;
  }

  /**
   * Decodes one packet. A packet of its TOC alone conceals a loss; one that is no valid Opus becomes silence as long as its TOC says.
   * @returns interleaved 16-bit samples, the caller's own: 48 for each ms and channel
   */
  decode(packet: Uint8Array): Int16Array {
    return this.#decode(packet, copied);
  }

  /**
   * Does the same, and copies nothing where that can be avoided.
   * @returns interleaved 16-bit samples, good until anything is decoded again
   */
  decodeInPlace(packet: Uint8Array): Int16Array {
    return this.#decode(packet, this.#inPlace);
  }

  #decode(packet: Uint8Array, decode: DecodeInPlace): Int16Array {
    if (this.#decoder === null) throw new Error('OpusDecoder.decode: it is disposed');
    try {
      // libopus takes an empty packet for a loss; only one of its TOC says how long it was.
      if (packet.length === 0) throw new RangeError('an empty packet');
      return decode(this.#decoder, packet);
    } catch {
      this.#badPackets += 1;
      return new Int16Array((opusPacketSamples(packet) ?? UNKNOWN_SAMPLES) * this.#channels);
    }
  }

  /** Forgets everything decoded before, as a new decoder would; the gain stays. */
  reset(): void {
    this.#decoder?.ctl(ctl.resetState);
  }

  [Symbol.dispose](): void {
    // Only the WebAssembly form owns memory beyond the collector's reach.
    if (this.#decoder !== null && 'drop' in this.#decoder) (this.#decoder.drop as () => void)();
    this.#decoder = null;
  }
}
