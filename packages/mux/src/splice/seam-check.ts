import { OpusDecoder } from '../codec/index.ts';
import type { EmittedPacket } from './emission.ts';

/** An error this quiet in dBFS is never heard, whatever the speech around it. */
const INAUDIBLE = 10 ** (-75 / 10);

/** Powers of a signal: as it is, and with its treble lifted by a first difference, for speech is quiet where a click is not. */
interface Powers {
  readonly whole: number;
  readonly treble: number;
}

/** @param pcm interleaved stereo */
const powersOf = (pcm: Float32Array): Powers => {
  let [whole, treble] = [0, 0];
  for (let i = 0; i < pcm.length; i += 1) {
    const value = pcm[i] as number;
    whole += value * value;
    if (i < 2) continue;
    const step = value - (pcm[i - 2] as number);
    treble += step * step;
  }
  const count = Math.max(1, pcm.length);
  return { whole: whole / count, treble: treble / count };
};

/** Hears a seam as a listener would, before it is made. */
export class SeamCheck implements Disposable {
  readonly #decoder = new OpusDecoder();
  readonly #error: Float32Array;

  /** @param packets most copied packets of 20 ms listened to */
  constructor(packets: number) {
    this.#error = new Float32Array(packets * 1920);
  }

  /**
   * How much the first copied packets would differ from what was said.
   * @param before packets of the mix that lead to the seam, the oldest first
   * @param copies the packets to be copied first
   * @param wanted what they sound like in their own stream, as interleaved floats
   * @param around the mix around the seam, for its level
   * @returns the error in dB relative to that level, in all or in the treble, whichever is worse; -Infinity when it is inaudible
   */
  errorDb(
    before: readonly EmittedPacket[],
    copies: readonly Uint8Array[],
    wanted: Float32Array,
    around: Float32Array,
  ): number {
    this.#decoder.reset();
    for (const { packet } of before) this.#decoder.decodeInPlace(packet);
    let count = 0;
    for (const copy of copies) {
      for (const value of this.#decoder.decodeInPlace(copy)) {
        this.#error[count] = value / 32_768 - (wanted[count] ?? 0);
        count += 1;
      }
    }
    const error = powersOf(this.#error.subarray(0, count));
    if (error.whole < INAUDIBLE) return Number.NEGATIVE_INFINITY;
    const level = powersOf(around);
    return 10 * Math.log10(Math.max(error.whole / level.whole, error.treble / level.treble));
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
  }
}
