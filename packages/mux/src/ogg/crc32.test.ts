import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oggCrc32 } from './crc32.ts';

/** The definition, bit by bit. */
const slow = (bytes: Uint8Array): number => {
  let crc = 0;
  for (const byte of bytes) {
    crc = (crc ^ (byte << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1) >>> 0) >>> 0;
  }
  return crc;
};

test('the checksum is the one of the definition, for every length and start', () => {
  const bytes = Uint8Array.from({ length: 70 }, (_, i) => (i * 37 + 11) & 0xff);
  for (let start = 0; start < 6; start += 1) {
    for (let end = start; end <= bytes.length; end += 1) {
      assert.equal(oggCrc32(bytes, start, end), slow(bytes.subarray(start, end)));
    }
  }
});

test('the checksum of pieces goes on where the piece before ended', () => {
  const bytes = Uint8Array.from({ length: 50 }, (_, i) => i * 5);
  assert.equal(oggCrc32(bytes, 13, 50, oggCrc32(bytes, 0, 13)), oggCrc32(bytes));
});

test('the checksum of a known page is right', () => {
  // The published check value of CRC-32/MPEG-2 without its initial value: the polynomial of Ogg over "123456789".
  assert.equal(oggCrc32(Buffer.from('123456789')), 0x89a1897f);
});
