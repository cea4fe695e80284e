import { createRequire } from 'node:module';
import type { Decoder, Encoder } from '@evan/opus';

/**
 * Decodes without a copy.
 * @returns interleaved 16-bit samples, good until anything is decoded again in this process
 */
export type DecodeInPlace = (decoder: Decoder, packet: Uint8Array) => Int16Array;

/**
 * Encodes without a copy.
 * @returns the packet, good until anything is encoded again in this process
 */
export type EncodeInPlace = (encoder: Encoder, pcm: Int16Array) => Uint8Array;

export interface InPlace {
  readonly decode: DecodeInPlace;
  readonly encode: EncodeInPlace;
}

/** What the native form of `@evan/opus` has below the classes it exports: a buffer that every decoder writes to, and one for encoders. */
interface NativeForm {
  readonly buffers: { decoder(): Uint8Array; encoder(): Uint8Array };
  readonly Decoder: typeof Decoder;
  readonly Encoder: typeof Encoder;
}

/** The class below an exported one, whose method answers how many bytes it wrote where the exported one's copies them. */
const below = (exported: { readonly prototype: object }): object => Object.getPrototypeOf(exported.prototype) as object;

const isSame = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

const loadNative = (): unknown => createRequire(import.meta.url)('@evan/opus/node/index.js');

/**
 * The ways to the codec's own output: the copies that `@evan/opus` hands out instead are one more buffer for each 20 ms, whose collection
 * takes a tenth of a mix. Not a documented part of `@evan/opus`, whose version is pinned; tried before they are used.
 * @param pcm a frame of interleaved stereo
 * @returns null where the library is built otherwise
 */
export const findInPlace = (pcm: Int16Array, load: () => unknown = loadNative): InPlace | null => {
  try {
    const native = load() as NativeForm;
    const decoded = native.buffers.decoder();
    const samples = new Int16Array(decoded.buffer, decoded.byteOffset, decoded.byteLength / 2);
    const encoded = native.buffers.encoder();
    const decoding = below(native.Decoder) as { decode(packet: Uint8Array): unknown };
    const encoding = below(native.Encoder) as { encode(pcm: Int16Array): unknown };
    const decode: DecodeInPlace = (decoder, packet) =>
      samples.subarray(0, (decoding.decode.call(decoder, packet) as number) / 2);
    const encode: EncodeInPlace = (encoder, frame) =>
      encoded.subarray(0, encoding.encode.call(encoder, frame) as number);
    const form = { channels: 2, sample_rate: 48_000 } as const;
    const packet = new native.Encoder(form).encode(pcm);
    const works =
      isSame(encode(new native.Encoder(form), pcm), packet) &&
      isSame(decode(new native.Decoder(form), packet), new native.Decoder(form).decode(packet));
    return works ? { decode, encode } : null;
  } catch {
    return null;
  }
};
