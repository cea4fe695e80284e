import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_SLIDE_SAMPLES, placePacket } from './place-packet.ts';

const cases: [string, number, number, number, number | null][] = [
  ['after the cursor', 1000, 5000, 960, 5000],
  ['right at the cursor', 960, 960, 960, 960],
  ['a little covered', 1000, 600, 960, 1000],
  ['half covered', 1080, 600, 960, null],
  ['wholly covered', 9000, 600, 960, null],
  ['60 ms, 15 ms covered', 720, 0, 2880, 720],
  ['60 ms, 25 ms covered', 1200, 0, 2880, null],
];
for (const [name, cursor, wanted, samples, at] of cases) {
  test(`a packet that is ${name} goes to ${at === null ? 'nowhere' : at}`, () => {
    assert.equal(placePacket(cursor, wanted, samples), at);
  });
}

test('whatever overlaps, packets keep their order, never overlap, and never slide beyond 20 ms', () => {
  const packet = fc.record({
    gap: fc.integer({ min: -20, max: 20 }),
    samples: fc.constantFrom(120, 480, 960, 1920, 2880),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 60 }), (packets) => {
      let cursor = 0;
      let wanted = 0;
      for (const { gap, samples } of packets) {
        wanted += gap * 120;
        const at = placePacket(cursor, wanted, samples);
        if (at !== null) {
          assert.ok(at >= cursor);
          assert.ok(at - wanted <= MAX_SLIDE_SAMPLES && at >= wanted);
          cursor = at + samples;
        }
        wanted += samples;
      }
    }),
  );
});
