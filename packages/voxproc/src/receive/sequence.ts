const WRAP_32 = 0x1_0000_0000;

/** The extended sequence number nearest to `near` whose low 16 bits are `sequence` (RFC 3550 §A.1). */
export const extendSequence = (sequence: number, near: number): number =>
  near + ((((sequence - near) & 0xffff) ^ 0x8000) - 0x8000);

/**
 * The unwrapped RTP timestamp nearest to `expected` whose low 32 bits are `timestamp`. `expected` comes from the arrival clock, so
 * that a wrap inside a silence of many hours is told from none.
 */
export const unwrapTimestamp = (timestamp: number, expected: number): number => {
  const near = Math.round(expected);
  const low = near - Math.floor(near / WRAP_32) * WRAP_32;
  return near + ((timestamp - low) | 0);
};
