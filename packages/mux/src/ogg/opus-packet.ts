/** Longest Opus frame in bytes (RFC 6716 §3.2.1). */
export const MAX_FRAME_BYTES = 1275;
/** Longest packet in samples at 48 kHz: 120 ms (RFC 6716 §3.2.5, R5). */
export const MAX_PACKET_SAMPLES = 5760;

/** Samples at 48 kHz of one frame, by TOC configuration 0-31 (RFC 6716 §3.1, table 2). */
const frameSamples: readonly number[] = [
  ...Array.from({ length: 3 }, () => [480, 960, 1920, 2880]).flat(),
  ...Array.from({ length: 2 }, () => [480, 960]).flat(),
  ...Array.from({ length: 4 }, () => [120, 240, 480, 960]).flat(),
];

/** Length field of a frame at `at` (RFC 6716 §3.2.1), or null when it is cut off. */
const frameLength = (packet: Uint8Array, at: number): { bytes: number; field: number } | null => {
  const first = packet[at];
  if (first === undefined) {
    return null;
  }
  if (first < 252) {
    return { bytes: first, field: 1 };
  }
  const second = packet[at + 1];
  return second === undefined ? null : { bytes: first + 4 * second, field: 2 };
};

/** Whether a code 3 packet's frames fill it as RFC 6716 §3.2.5 demands (R6, R7), given its frame count. */
const codeThreeFits = (packet: Uint8Array, count: number): boolean => {
  const header = packet[1] as number;
  let at = 2;
  let padding = 0;
  if ((header & 0x40) !== 0) {
    for (;;) {
      const value = packet[at];
      if (value === undefined) {
        return false;
      }
      at += 1;
      padding += value === 255 ? 254 : value;
      if (value !== 255) {
        break;
      }
    }
  }
  let left = packet.length - at - padding;
  if (left < 0) {
    return false;
  }
  if ((header & 0x80) === 0) {
    return left % count === 0 && left / count <= MAX_FRAME_BYTES;
  }
  for (let frame = 1; frame < count; frame += 1) {
    const length = frameLength(packet, at);
    if (length === null) {
      return false;
    }
    at += length.field;
    left -= length.field + length.bytes;
    if (left < 0) {
      return false;
    }
  }
  return left <= MAX_FRAME_BYTES;
};

/**
 * Duration of an Opus packet in 48 kHz samples from its TOC, or null when the packet breaks a rule of RFC 6716 §3.4.
 * A packet of its TOC byte alone is valid: it asks the decoder for concealment.
 */
export const opusPacketSamples = (packet: Uint8Array): number | null => {
  const toc = packet[0];
  if (toc === undefined) {
    return null;
  }
  const one = frameSamples[toc >> 3] as number;
  const bytes = packet.length - 1;
  switch (toc & 3) {
    case 0:
      return bytes <= MAX_FRAME_BYTES ? one : null;
    case 1:
      return bytes % 2 === 0 && bytes / 2 <= MAX_FRAME_BYTES ? one * 2 : null;
    case 2: {
      const first = frameLength(packet, 1);
      if (first === null) {
        return null;
      }
      const second = bytes - first.field - first.bytes;
      return second >= 0 && second <= MAX_FRAME_BYTES ? one * 2 : null;
    }
    default: {
      const header = packet[1];
      const count = header === undefined ? 0 : header & 0x3f;
      if (count === 0 || count * one > MAX_PACKET_SAMPLES) {
        return null;
      }
      return codeThreeFits(packet, count) ? count * one : null;
    }
  }
};
