import { MAX_FRAME_BYTES } from '../ogg/opus-packet.ts';
import { silenceFill } from '../ogg/silence.ts';

/** What a packet of the mix is. */
export type Making = 'silent' | 'encoded' | 'copied';

export interface EmittedPacket {
  readonly packet: Uint8Array;
  readonly samples: number;
}

/** A packet of one frame: its TOC and at most 1275 bytes (RFC 6716 §3.2.1). */
const SLOT_BYTES = MAX_FRAME_BYTES + 1;

/** A copy of a packet that went out. */
interface Slot {
  readonly bytes: Uint8Array;
  size: number;
  samples: number;
}

/** The packets of the mix on their way out: counts them, fills silence, remembers the last few, stops at the end. */
export class Emission {
  readonly #end: number;
  readonly #sink: (packet: Uint8Array, samples: number) => void;
  readonly #made = { silent: 0, encoded: 0, copied: 0 };
  /** Copies of the last packets in turn; what was written longest ago is written over next. */
  readonly #slots: Slot[];
  #count = 0;
  #position = 0;

  /**
   * @param end granule the packets must reach and need not go beyond
   * @param remembered how many packets `recent` holds
   */
  constructor(end: number, remembered: number, sink: (packet: Uint8Array, samples: number) => void) {
    this.#end = end;
    this.#slots = Array.from({ length: remembered }, () => ({
      bytes: new Uint8Array(SLOT_BYTES),
      size: 0,
      samples: 0,
    }));
    this.#sink = sink;
  }

  /** Granule of the next packet. */
  get position(): number {
    return this.#position;
  }

  get made(): Readonly<Record<Making, number>> {
    return this.#made;
  }

  /** The last packets, the oldest first; their bytes are good until the next `push`. */
  get recent(): readonly EmittedPacket[] {
    const { length } = this.#slots;
    return Array.from({ length: Math.min(this.#count, length) }, (_, i) => {
      const slot = this.#slots[(this.#count + i - Math.min(this.#count, length)) % length] as Slot;
      return { packet: slot.bytes.subarray(0, slot.size), samples: slot.samples };
    });
  }

  get done(): boolean {
    return this.#position >= this.#end;
  }

  /** Hands on the next packet, of one frame; what begins after the end is left out. */
  push(packet: Uint8Array, samples: number, making: Making): void {
    if (this.done) return;
    this.#sink(packet, samples);
    this.#made[making] += samples;
    this.#position += samples;
    const slot = this.#slots[this.#count % this.#slots.length] as Slot;
    slot.bytes.set(packet);
    slot.size = packet.length;
    slot.samples = samples;
    this.#count += 1;
  }

  /** Silence up to a granule, a multiple of 120. */
  silenceTo(granule: number): void {
    if (granule <= this.#position) return;
    for (const { packet, samples } of silenceFill(granule - this.#position)) {
      if (this.done) return;
      this.push(packet, samples, 'silent');
    }
  }
}
