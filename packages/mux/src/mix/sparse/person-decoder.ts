import { OpusDecoder } from '../../codec/opus-decoder.ts';
import { GRID_SAMPLES, SILENCE_20MS, silenceFill } from '../../ogg/silence.ts';
import { SPURT_GAP_SAMPLES } from '../../ogg/walk.ts';
import { FLOAT_OF_DECODED, MIX_DECODER_GAIN_DB } from '../decoder-gain.ts';
import type { ChunkPerson } from './chunk.ts';

/**
 * Decodes one person's packets and adds them to a mix. Each talk-spurt begins with a fresh decoder, so that what comes out does not
 * depend on what was decoded before.
 */
export class PersonDecoder implements Disposable {
  readonly #decoder = new OpusDecoder({ gainDb: MIX_DECODER_GAIN_DB });

  get badPackets(): number {
    return this.#decoder.badPackets;
  }

  /**
   * Adds all packets from granule `start` on (less the chunk's `from`) to `mix`, interleaved stereo whose first sample is that of granule
   * `origin`.
   */
  add(person: ChunkPerson, start: number, origin: number, mix: Float32Array): void {
    const { positions, samples, sizes, bytes } = person;
    let offset = 0;
    let end: number | null = null;
    for (let i = 0; i < positions.length; i += 1) {
      const position = positions[i] as number;
      const data = bytes.subarray(offset, offset + (sizes[i] as number));
      offset += data.length;
      if (position < start) continue;
      if (end === null || position - end >= SPURT_GAP_SAMPLES) {
        if (end !== null) this.#addPacket(SILENCE_20MS, end - origin, mix);
        this.#decoder.reset();
      } else {
        const gap = Math.max(0, Math.floor((position - end) / GRID_SAMPLES)) * GRID_SAMPLES;
        for (const fill of silenceFill(gap)) {
          this.#addPacket(fill.packet, end - origin, mix);
          end += fill.samples;
        }
      }
      this.#addPacket(data, position - origin, mix);
      end = position + (samples[i] as number);
    }
    // The codec's overlap sounds on for 2.5 ms.
    if (end !== null) this.#addPacket(SILENCE_20MS, end - origin, mix);
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
  }

  #addPacket(packet: Uint8Array, at: number, mix: Float32Array): void {
    const pcm = this.#decoder.decode(packet);
    const from = Math.max(0, -at) * 2;
    const to = Math.min(pcm.length, mix.length - at * 2);
    for (let i = from, target = at * 2 + from; i < to; i += 1, target += 1) {
      mix[target] = (mix[target] as number) + (pcm[i] as number) * FLOAT_OF_DECODED;
    }
  }
}
