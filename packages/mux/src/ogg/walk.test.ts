import assert from 'node:assert/strict';
import { test } from 'node:test';
import { segmentBytes } from '../testing/recording-builder.ts';
import { type FillPacket, silenceFill } from './silence.ts';
import { walkOpusBytes } from './walk.ts';

const second = 48_000;
/** So many seconds of packets of 60 bytes; those at these seconds have 20. */
const talk = (seconds: number, small: readonly number[] = []): FillPacket[] =>
  Array.from({ length: seconds * 50 }, (_, i) => ({
    packet: new Uint8Array(small.includes(i / 50) ? 20 : 60).fill(7).fill(0xf8, 0, 1),
    samples: 960,
  }));
const spurtsOf = (packets: readonly FillPacket[]) =>
  walkOpusBytes(segmentBytes({ userId: '1', startSample: 0, packets }, 'r').bytes).spurts;

test('a long talk-spurt may be cut at the smallest packet of every 10 s, a short one nowhere', () => {
  const packets = [
    ...talk(15, [7]),
    ...silenceFill(second),
    ...talk(35, [3, 17, 29.5]),
    ...silenceFill(second),
    ...talk(19.5),
  ];
  assert.deepEqual(spurtsOf(packets), [
    { from: 0, samples: 15 * second },
    // Of packets of one size the first.
    { from: 16 * second, samples: 35 * second, thin: [3, 17, 29.5, 30].map((at) => (16 + at) * second) },
    { from: 52 * second, samples: 19.5 * second },
  ]);
});
