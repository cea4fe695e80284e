import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyPacket } from './classify.ts';

const bytes = (toc: number, length: number) => new Uint8Array(length).fill(toc, 0, 1);

test('packets are told apart by length and TOC', () => {
  const table: [name: string, packet: Uint8Array, unusable: string | null, samples: number, speech: boolean][] = [
    ['nothing', new Uint8Array(0), 'empty', 0, false],
    ['silence', Uint8Array.of(0xf8, 0xff, 0xfe), null, 960, false],
    ['TOC only', Uint8Array.of(0xf8), null, 960, false],
    ['speech of 20 ms', bytes(0xfc, 80), null, 960, true],
    ['speech of 60 ms', bytes(0x58, 80), null, 2880, true],
    ['two frames of 20 ms', bytes(0xf9, 81), null, 1920, true],
    ['two frames of different size', bytes(0xf9, 80), 'malformed', 0, false],
    ['a frame count of 0', Uint8Array.of(0xfb, 0, 1, 2), 'malformed', 0, false],
    ['the longest', bytes(0xfc, 1275), null, 960, true],
    ['one too long', bytes(0xfc, 1276), 'oversized', 0, false],
  ];
  for (const [name, packet, unusable, samples, speech] of table) {
    assert.deepEqual(classifyPacket(packet), { unusable, samples, speech }, name);
  }
});
