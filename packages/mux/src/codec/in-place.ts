import { createRequire } from 'node:module';
import type { Decoder } from '@evan/opus';

/**
 * Decodes without a copy.
 * @returns interleaved 16-bit samples, good until anything is decoded again in this process
 */
export type DecodeInPlace = (decoder: Decoder, packet: Uint8Array) => Int16Array;

/** What the native form of `@evan/opus` has below the class it exports: one buffer that every decoder writes to. */
interface NativeForm {
  readonly buffers: { decoder(): Uint8Array };
  readonly Decoder: typeof Decoder;
}

const loadNative = (): unknown => createRequire(import.meta.url)('@evan/opus/node/index.js');

/**
 * The way to the decoder's own output: the copy that `@evan/opus` hands out instead is one more buffer for each 20 ms, whose collection
 * takes a tenth of a mix. Not a documented part of `@evan/opus`, whose version is pinned; tried before it is used.
 * @param packet that decodes
 * @returns null where the library is built otherwise
 */
export const findDecodeInPlace = (packet: Uint8Array, load: () => unknown = loadNative): DecodeInPlace | null => {
  try {
    const native = load() as NativeForm;
    const shared = native.buffers.decoder();
    const samples = new Int16Array(shared.buffer, shared.byteOffset, shared.byteLength / 2);
    // The exported class calls this one and copies; it answers how many bytes it wrote.
    const { decode } = Object.getPrototypeOf(native.Decoder.prototype) as { decode(packet: Uint8Array): unknown };
    const inPlace: DecodeInPlace = (decoder, data) => samples.subarray(0, (decode.call(decoder, data) as number) / 2);
    const [first, second] = [0, 1].map(() => new native.Decoder({ channels: 2, sample_rate: 48_000 }));
    const [wanted, got] = [(first as Decoder).decode(packet), inPlace(second as Decoder, packet)];
    return Buffer.from(got.buffer, got.byteOffset, got.byteLength).equals(wanted) ? inPlace : null;
  } catch {
    return null;
  }
};
