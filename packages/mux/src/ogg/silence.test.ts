import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinFill } from './silence.ts';

const fills: [string, number, number, [number[], number, number]][] = [
  ['fullband CELT, stereo', 0xfc, 240, [[0xe4], 120, 2]],
  ['fullband CELT, mono', 0xf8, 2160, [[0xe0], 120, 18]],
  ['narrowband CELT of 10 ms', 0x90, 120, [[0x80], 120, 1]],
  ['hybrid', 0x78, 240, [[0xe0, 0xff, 0xfe], 120, 2]],
  ['SILK', 0x48, 960, [[0xf8, 0xff, 0xfe], 960, 1]],
];
for (const [name, toc, samples, [packet, each, count]] of fills) {
  test(`after ${name} so much is missing in mid-speech: ${samples} samples`, () => {
    const fill = [...joinFill(Uint8Array.of(toc, 1, 2), samples)];
    assert.equal(
      fill.reduce((sum, one) => sum + one.samples, 0),
      samples,
    );
    assert.ok(fill.every((one) => one.samples === each && Buffer.from(packet).equals(one.packet)));
    assert.equal(fill.length, count);
  });
}

test('what is not on the grid is refused', () => {
  for (const samples of [-120, 100]) assert.throws(() => [...joinFill(Uint8Array.of(0xf8), samples)], RangeError);
});
