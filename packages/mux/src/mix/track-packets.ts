import { readOpusFileSync } from '../ogg/read-opus.ts';
import { isSilencePacket } from '../ogg/silence.ts';

/** A packet of a track that is not silence. */
export interface PlacedPacket {
  /** Granule of its first sample: its place on the recording's clock, a multiple of 120. */
  readonly position: number;
  /** Duration in 48 kHz samples. */
  readonly samples: number;
  /** Good until the next packet is asked for. */
  readonly data: Uint8Array;
}

/**
 * The packets of a person's track in order, silence left out. Blocking, in flat memory.
 * @throws the file system's error
 */
export function* trackPackets(path: string): Generator<PlacedPacket, void, undefined> {
  for (const event of readOpusFileSync(path)) {
    if (event.type !== 'page') continue;
    for (const packet of event.packets) {
      if (packet.samples > 0 && !isSilencePacket(packet.data)) yield packet;
    }
  }
}
