import type { PlacedPacket } from '../../mix/track-packets.ts';
import { GRID_SAMPLES } from '../../ogg/silence.ts';
import { FRAME_SAMPLES } from './rules.ts';

/**
 * What may be done with a packet: `celt` is one 20 ms frame of CELT, which decoders settle on within a few frames; `concealment`
 * is one of those with nothing in it; everything else (SILK, hybrid, other lengths, several frames) is always encoded again.
 */
export type PacketKind = 'celt' | 'concealment' | 'other';

/** Configurations 16 to 31 are CELT alone (RFC 6716 §3.1, table 2). */
const FIRST_CELT_CONFIG = 16;

/** The kind of a valid packet of `samples` length, by its TOC (RFC 6716 §3.1). Silence packets are not asked about. */
export const packetKind = (packet: Uint8Array, samples: number): PacketKind => {
  const toc = packet[0] ?? 0;
  if (samples !== FRAME_SAMPLES || (toc & 3) !== 0 || toc >> 3 < FIRST_CELT_CONFIG) return 'other';
  return packet.length === 1 ? 'concealment' : 'celt';
};

const codes = { celt: 0, concealment: 1, other: 2 } as const satisfies Record<PacketKind, number>;
const names = ['celt', 'concealment', 'other'] as const satisfies readonly PacketKind[];

/** Where one person's packets lie and what they are, without their bytes: six bytes for each. */
export class PacketIndex {
  #starts = new Int32Array(1024);
  #steps = new Uint8Array(1024);
  #kinds = new Uint8Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /**
   * Takes the next packet.
   * @param at its first sample, a multiple of 120 and not before the end of the one before
   * @throws RangeError when it stands elsewhere
   */
  add(at: number, samples: number, kind: PacketKind): void {
    const i = this.#count;
    if (at % GRID_SAMPLES !== 0 || (i > 0 && at < this.endOf(i - 1))) {
      throw new RangeError(`PacketIndex.add: a packet at ${at} does not follow the one before on the 2.5 ms grid`);
    }
    if (i === this.#starts.length) this.#grow();
    this.#starts[i] = at / GRID_SAMPLES;
    this.#steps[i] = samples / GRID_SAMPLES;
    this.#kinds[i] = codes[kind];
    this.#count += 1;
  }

  startOf(i: number): number {
    return (this.#starts[i] as number) * GRID_SAMPLES;
  }

  endOf(i: number): number {
    return ((this.#starts[i] as number) + (this.#steps[i] as number)) * GRID_SAMPLES;
  }

  kindOf(i: number): PacketKind {
    return names[this.#kinds[i] as number] as PacketKind;
  }

  #grow(): void {
    const size = this.#starts.length * 2;
    const [starts, steps, kinds] = [new Int32Array(size), new Uint8Array(size), new Uint8Array(size)];
    starts.set(this.#starts);
    steps.set(this.#steps);
    kinds.set(this.#kinds);
    [this.#starts, this.#steps, this.#kinds] = [starts, steps, kinds];
  }
}

/** Where the packets lie. They are in order, silence left out. */
export const indexOf = (packets: Iterable<PlacedPacket>): PacketIndex => {
  const index = new PacketIndex();
  for (const { position, samples, data } of packets) index.add(position, samples, packetKind(data, samples));
  return index;
};
