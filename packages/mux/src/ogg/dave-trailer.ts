/** Smallest supplemental data: 8 bytes of truncated tag, 1 of nonce, the size byte, the 2-byte marker. */
const FIXED_BYTES = 11;
const TAG_BYTES = 8;

/**
 * Whether a packet ends like a frame of Discord's end-to-end encryption (DAVE protocol, "Frame format"): marker `FA FA`, the
 * supplemental size before it, and a ULEB128 nonce that fills that size exactly (Opus frames have no unencrypted ranges).
 * Plain Opus looks so by chance about six times in a hundred million packets: a single hit in a long recording proves nothing.
 */
export const hasDaveTrailer = (packet: Uint8Array): boolean => {
  const end = packet.length;
  if (end <= FIXED_BYTES || packet[end - 1] !== 0xfa || packet[end - 2] !== 0xfa) {
    return false;
  }
  const nonceBytes = (packet[end - 3] as number) - FIXED_BYTES;
  if (nonceBytes < 1 || nonceBytes > 5 || end < FIXED_BYTES + nonceBytes) {
    return false;
  }
  const nonceStart = end - FIXED_BYTES - nonceBytes + TAG_BYTES;
  for (let i = 0; i < nonceBytes; i += 1) {
    const goesOn = ((packet[nonceStart + i] as number) & 0x80) !== 0;
    if (goesOn !== i < nonceBytes - 1) {
      return false;
    }
  }
  return true;
};

/** Share of plain Opus packets that look like a trailer by chance: marker, size byte, and any of the nonce lengths. */
export const daveTrailerByChance = 1 / (65_536 * 256);
