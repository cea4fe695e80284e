/** The last two bytes of an end-to-end encrypted frame (DAVE protocol, "Protocol Supplemental Data"). */
const MARKER = 0xfa;
const TAG_BYTES = 8;
/** Tag, size byte, marker: the part of the supplemental data that is always there. */
const FIXED_BYTES = TAG_BYTES + 3;
const MAX_ULEB_BYTES = 5;

/** The trailer of an end-to-end encrypted frame. */
export interface DaveTrailer {
  /** The truncated nonce: the sender's key generation in its top byte, a counter below. */
  readonly nonce: number;
  /** Bytes of the trailer, counted from the authentication tag. */
  readonly bytes: number;
  /** Stretches of the frame it says are not encrypted; Opus frames have none. */
  readonly ranges: number;
}

/**
 * Reads the trailer of an end-to-end encrypted frame, or answers null when the frame does not have the structure of one:
 * ciphertext, 8 bytes of tag, ULEB128 nonce, ULEB128 pairs of unencrypted ranges, one byte with the size of all that, `FA FA`.
 * Ranges must be in order, must not overlap, and must lie within the frame (Opus frames have none).
 * Only frames that were not decrypted may be judged by it: a decrypted Opus packet can end so by chance.
 */
export const readDaveTrailer = (frame: Uint8Array): DaveTrailer | null => {
  const end = frame.length;
  if (end <= FIXED_BYTES || frame[end - 1] !== MARKER || frame[end - 2] !== MARKER) return null;
  const bytes = frame[end - 3] as number;
  if (bytes <= FIXED_BYTES || bytes >= end) return null;
  const stop = end - 3;
  const nonce = readUleb(frame, end - bytes + TAG_BYTES, stop);
  if (nonce === null) return null;
  let at = nonce.next;
  let covered = 0;
  let ranges = 0;
  while (at < stop) {
    const offset = readUleb(frame, at, stop);
    const size = offset && readUleb(frame, offset.next, stop);
    if (!offset || !size || offset.value < covered || offset.value + size.value > end - bytes) return null;
    covered = offset.value + size.value;
    at = size.next;
    ranges += 1;
  }
  return { nonce: nonce.value, bytes, ranges };
};

/** Unsigned LEB128 of at most 32 bits between `at` and `stop`. */
const readUleb = (bytes: Uint8Array, at: number, stop: number): { value: number; next: number } | null => {
  let value = 0;
  for (let i = 0; i < MAX_ULEB_BYTES && at + i < stop; i += 1) {
    const byte = bytes[at + i] as number;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) === 0) return value <= 0xffff_ffff ? { value, next: at + i + 1 } : null;
  }
  return null;
};

/**
 * Whether a packet ends like an encrypted Opus frame: a trailer without ranges. Plain Opus looks so by chance about six times in a
 * hundred million packets: a single hit in a long recording proves nothing.
 */
export const hasDaveTrailer = (packet: Uint8Array): boolean => readDaveTrailer(packet)?.ranges === 0;

/** Share of plain Opus packets that look like a trailer by chance: marker, size byte, and any of the nonce lengths. */
export const daveTrailerByChance = 1 / (65_536 * 256);
