import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrange } from './arrange.ts';

const packet = (frame: number, name = frame, base = 1000) => ({
  timestamp: (base + frame * 960) >>> 0,
  opus: Uint8Array.of(0xf8, name, 1, 1),
});
const shown = ({ frames }: ReturnType<typeof arrange>) => frames.map((frame) => frame?.[1] ?? null);

for (const [what, packets, expected, lost] of [
  ['nothing', [], [], 0],
  ['packets in order', [packet(0), packet(1), packet(2)], [0, 1, 2], 0],
  ['packets out of order', [packet(0), packet(2), packet(1)], [0, 1, 2], 0],
  ['the first of them late', [packet(1), packet(0), packet(2)], [0, 1, 2], 0],
  ['one twice', [packet(0), packet(1), packet(1, 99), packet(2)], [0, 1, 2], 0],
  ['two lost', [packet(0), packet(3)], [0, null, null, 3], 2],
  ['a wrap of the clock', [packet(0, 0, 2 ** 32 - 960), packet(1, 1, 2 ** 32 - 960)], [0, 1], 0],
  ['more than is wanted', [packet(0), packet(9), packet(10), packet(11)], [0, ...Array(8).fill(null), 9], 8],
] as const) {
  test(`${what} is put where it was said`, () => {
    const arranged = arrange(packets, 10);
    assert.deepEqual(shown(arranged), expected);
    assert.equal(arranged.lost, lost);
  });
}

test('a pause is no loss', () => {
  const { frames, lost } = arrange([packet(0), packet(60)], 250);
  assert.equal(frames.length, 61);
  assert.equal(lost, 0);
});
