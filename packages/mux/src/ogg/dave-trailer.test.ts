import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DaveTrailer, hasDaveTrailer, readDaveTrailer } from './dave-trailer.ts';

const tag = [1, 2, 3, 4, 5, 6, 7, 8];
const frame = (ciphertext: number, middle: number[], size = 8 + middle.length + 3): Uint8Array =>
  Uint8Array.from([...new Array(ciphertext).fill(0x55), ...tag, ...middle, size, 0xfa, 0xfa]);

describe('readDaveTrailer', () => {
  const encrypted: [string, Uint8Array, DaveTrailer][] = [
    ['a nonce of one byte', frame(60, [0x05]), { nonce: 5, bytes: 12, ranges: 0 }],
    ['a nonce of five bytes', frame(60, [0xff, 0xff, 0xff, 0xff, 0x0f]), { nonce: 0xffff_ffff, bytes: 16, ranges: 0 }],
    ['generation 1', frame(60, [0x80, 0x80, 0x80, 0x08]), { nonce: 0x100_0000, bytes: 15, ranges: 0 }],
    ['one byte of ciphertext', frame(1, [0x00]), { nonce: 0, bytes: 12, ranges: 0 }],
    ['unencrypted ranges in order', frame(60, [0x01, 0, 2, 10, 5]), { nonce: 1, bytes: 16, ranges: 2 }],
  ];
  for (const [name, bytes, expected] of encrypted) {
    it(`knows an encrypted frame with ${name}`, () => {
      assert.deepEqual(readDaveTrailer(bytes), expected);
      assert.equal(hasDaveTrailer(bytes), expected.ranges === 0);
    });
  }

  const plain: [string, Uint8Array][] = [
    ['nothing', Uint8Array.from([])],
    ['a silence frame', Uint8Array.from([0xf8, 0xff, 0xfe])],
    ['only the marker', Uint8Array.from([0xfa, 0xfa])],
    ['a marker by chance', Uint8Array.from([0x78, ...new Array(60).fill(0x33), 0xfa, 0xfa])],
    ['a size below the fixed part', frame(60, [0x05], 11)],
    ['a size larger than the frame', frame(4, [0x05], 200)],
    ['a size that leaves no frame', frame(0, [0x05])],
    ['a nonce that does not end', frame(60, [0x85])],
    ['a nonce above 32 bits', frame(60, [0xff, 0xff, 0xff, 0xff, 0x1f])],
    ['half a range', frame(60, [0x05, 3])],
    ['ranges that overlap', frame(60, [0x05, 0, 9, 4, 2])],
    ['a range outside the frame', frame(60, [0x05, 50, 20])],
    ['a marker of one byte', Uint8Array.from([...frame(60, [5]).subarray(0, -1), 0xfb])],
  ];
  for (const [name, bytes] of plain) {
    it(`does not take for encrypted: ${name}`, () => assert.equal(readDaveTrailer(bytes), null));
  }

  it('never throws and never claims more than the frame', () => {
    const tails = fc.uint8Array({ minLength: 0, maxLength: 40 });
    fc.assert(
      fc.property(tails, fc.boolean(), (bytes, marked) => {
        const trailer = readDaveTrailer(marked ? Uint8Array.from([...bytes, 0xfa, 0xfa]) : bytes);
        assert.ok(trailer === null || (trailer.bytes < bytes.length + 2 && trailer.nonce <= 0xffff_ffff));
      }),
    );
  });
});
