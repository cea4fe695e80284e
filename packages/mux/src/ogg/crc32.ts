/** Tables for four bytes at a time; the polynomial is Ogg's 0x04C11DB7, not reflected, initial value 0 (RFC 3533 §6). */
const tables = ((): readonly [Int32Array, Int32Array, Int32Array, Int32Array] => {
  const [t0, t1, t2, t3] = [new Int32Array(256), new Int32Array(256), new Int32Array(256), new Int32Array(256)];
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte << 24;
    for (let bit = 0; bit < 8; bit += 1) {
      value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
    }
    t0[byte] = value;
  }
  const shifted = (value: number): number => (value << 8) ^ (t0[value >>> 24] as number);
  for (let byte = 0; byte < 256; byte += 1) {
    t1[byte] = shifted(t0[byte] as number);
    t2[byte] = shifted(t1[byte] as number);
    t3[byte] = shifted(t2[byte] as number);
  }
  return [t0, t1, t2, t3];
})();

/**
 * CRC-32 of an Ogg page (RFC 3533 §6). For a whole page, its checksum field (bytes 22-25) has to be zero while computing.
 * @param crc the value of what came before, to go on over several pieces
 * @returns an unsigned 32-bit number
 */
export const oggCrc32 = (bytes: Uint8Array, start = 0, end = bytes.length, crc = 0): number => {
  const [t0, t1, t2, t3] = tables;
  let value = crc | 0;
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    // Indices are in range by the loop's bounds; the casts cost nothing at run time.
    value ^=
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
    value =
      (t3[value >>> 24] as number) ^
      (t2[(value >>> 16) & 0xff] as number) ^
      (t1[(value >>> 8) & 0xff] as number) ^
      (t0[value & 0xff] as number);
  }
  for (; at < end; at += 1) {
    value = (value << 8) ^ (t0[(value >>> 24) ^ (bytes[at] as number)] as number);
  }
  return value >>> 0;
};
