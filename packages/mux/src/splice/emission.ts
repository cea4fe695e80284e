import { silenceFill } from '../ogg/silence.ts';

/** What a packet of the mix is. */
export type Making = 'silent' | 'encoded' | 'copied';

export interface EmittedPacket {
  readonly packet: Uint8Array;
  readonly samples: number;
}

/** The packets of the mix on their way out: counts them, fills silence, remembers the last few, stops at the end. */
export class Emission {
  readonly #end: number;
  readonly #sink: (packet: Uint8Array, samples: number) => void;
  readonly #made = { silent: 0, encoded: 0, copied: 0 };
  readonly #remembered: number;
  readonly #recent: EmittedPacket[] = [];
  #position = 0;

  /**
   * @param end granule the packets must reach and need not go beyond
   * @param remembered how many packets `recent` holds
   */
  constructor(end: number, remembered: number, sink: (packet: Uint8Array, samples: number) => void) {
    this.#end = end;
    this.#remembered = remembered;
    this.#sink = sink;
  }

  /** Granule of the next packet. */
  get position(): number {
    return this.#position;
  }

  get made(): Readonly<Record<Making, number>> {
    return this.#made;
  }

  /** The last packets, the oldest first. */
  get recent(): readonly EmittedPacket[] {
    return this.#recent;
  }

  get done(): boolean {
    return this.#position >= this.#end;
  }

  /** Hands on the next packet; what begins after the end is left out. The bytes are kept for a while. */
  push(packet: Uint8Array, samples: number, making: Making): void {
    if (this.done) return;
    this.#sink(packet, samples);
    this.#made[making] += samples;
    this.#position += samples;
    this.#recent.push({ packet, samples });
    if (this.#recent.length > this.#remembered) this.#recent.shift();
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
