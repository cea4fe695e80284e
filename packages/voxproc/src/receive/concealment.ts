import { concealmentAfter, type FillPacket, opusPacketSamples } from '@parley/mux';

/** Configurations of one mode and bandwidth differ in frame size only (RFC 6716 §3.1, table 2): four each, hybrid two. */
const groupOf = (config: number): { first: number; count: number } => {
  if (config < 12 || config >= 16) return { first: config & ~3, count: 4 };
  return { first: config & ~1, count: 2 };
};

/**
 * The packet that, repeated, conceals exactly `samples` of loss after `previous`: its mode, bandwidth and channels with the largest
 * frame size that divides the loss. A loss is mostly whole packets of the previous kind, and then that is its own frame size.
 * @returns null when no frame size of that mode fits; the loss is silence then
 */
export const concealmentOf = (previous: Uint8Array, samples: number): FillPacket | null => {
  const same = concealmentAfter(previous);
  if (samples % same.samples === 0) return same;
  const toc = same.packet[0] as number;
  const { first, count } = groupOf(toc >> 3);
  for (let config = first + count - 1; config >= first; config -= 1) {
    const packet = Uint8Array.of((config << 3) | (toc & 0x04));
    const frame = opusPacketSamples(packet) as number;
    if (samples % frame === 0) return { packet, samples: frame };
  }
  return null;
};
