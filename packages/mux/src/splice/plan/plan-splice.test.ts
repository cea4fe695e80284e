import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PacketIndex, type PacketKind, packetKind } from './packet-index.ts';
import { planSplice, type SpliceItem, spanFrames } from './plan-splice.ts';
import { celtRules, FRAME_SAMPLES } from './rules.ts';
import { findStretches } from './stretches.ts';

/** Packets that follow each other: the first at `frame` (of 20 ms) and `step` (of 2.5 ms). */
type Talk = readonly [frame: number, step: number, count: number, kinds?: Readonly<Record<number, PacketKind>>];

const person = (...talks: readonly Talk[]): PacketIndex => {
  const packets = new PacketIndex();
  for (const [frame, step, count, kinds = {}] of talks) {
    for (let i = 0; i < count; i += 1) {
      packets.add((frame + i) * FRAME_SAMPLES + step * 120, FRAME_SAMPLES, kinds[i] ?? 'celt');
    }
  }
  return packets;
};

/** `copy:1 4.0-30.0` = packets of person 1 from frame 4, step 0 to frame 30. */
const say = (item: SpliceItem): string => {
  const place = (sample: number): string => `${Math.floor(sample / FRAME_SAMPLES)}.${(sample % FRAME_SAMPLES) / 120}`;
  const what = item.kind === 'copy' ? `copy:${item.person}` : `${item.before}>span>${item.after}`;
  return `${what} ${place(item.from)}-${place(item.to)}`;
};

const cases: readonly [name: string, people: readonly PacketIndex[], items: readonly string[]][] = [
  ['nobody speaks', [person()], []],
  [
    'one person alone: handed over after four frames, copied to the end',
    [person([10, 0, 50])],
    ['silence>span>copy 10.0-14.0', 'copy:0 14.0-60.0'],
  ],
  ['too short to be worth a seam', [person([10, 0, 13])], ['silence>span>silence 10.0-24.0']],
  ['just long enough', [person([10, 0, 14])], ['silence>span>copy 10.0-14.0', 'copy:0 14.0-24.0']],
  [
    'another person comes in: the last frame before belongs to the span',
    [person([0, 0, 40]), person([30, 0, 40])],
    ['silence>span>copy 0.0-4.0', 'copy:0 4.0-29.0', 'copy>span>copy 29.0-44.0', 'copy:1 44.0-70.0'],
  ],
  [
    'on another grid: the span ends on the grid of who follows',
    [person([0, 0, 40]), person([30, 3, 40])],
    ['silence>span>copy 0.0-4.0', 'copy:0 4.0-29.0', 'copy>span>copy 29.0-44.3', 'copy:1 44.3-70.3'],
  ],
  [
    'a pause between two people takes up the difference',
    [person([0, 0, 40]), person([45, 3, 40])],
    ['silence>span>copy 0.0-4.0', 'copy:0 4.0-40.0', 'silence>span>copy 45.3-49.3', 'copy:1 49.3-85.3'],
  ],
  [
    'speech of several that ends in silence has room for its last window',
    [person([10, 0, 20]), person([11, 5, 19])],
    ['silence>span>silence 10.0-31.0'],
  ],
  [
    'after a pause several speak: the span begins earlier, on the grid of who goes on alone',
    [person([10, 0, 20]), person([15, 5, 40])],
    ['silence>span>copy 9.5-34.5', 'copy:1 34.5-55.5'],
  ],
  [
    'no room to begin earlier at the start of the recording: shorter frames',
    [person([0, 0, 20]), person([5, 5, 40])],
    ['silence>span>copy 0.0-24.5', 'copy:1 24.5-45.5'],
  ],
  [
    'a SILK packet in between is encoded again, with a hand-over behind it',
    [person([0, 0, 60, { 30: 'other' }])],
    ['silence>span>copy 0.0-4.0', 'copy:0 4.0-29.0', 'copy>span>copy 29.0-35.0', 'copy:0 35.0-60.0'],
  ],
  [
    'a concealed loss within a copy is copied too',
    [person([0, 0, 60, { 30: 'concealment' }])],
    ['silence>span>copy 0.0-4.0', 'copy:0 4.0-60.0'],
  ],
  [
    'no copy begins within ten frames of a concealed loss',
    [person([0, 0, 60, { 2: 'concealment' }])],
    ['silence>span>copy 0.0-13.0', 'copy:0 13.0-60.0'],
  ],
  [
    'a loss while another person spoke counts as well',
    [person([0, 0, 60, { 18: 'concealment' }]), person([0, 0, 20])],
    ['silence>span>copy 0.0-29.0', 'copy:0 29.0-60.0'],
  ],
  ['spans that nearly touch become one', [person([0, 0, 8], [12, 2, 8])], ['silence>span>silence 0.0-21.0']],
  [
    'spans farther apart stay two',
    [person([0, 0, 8], [17, 0, 8])],
    ['silence>span>silence 0.0-9.0', 'silence>span>silence 17.0-26.0'],
  ],
  [
    'a copy ends at 2.5 ms of silence, and what follows is a span of its own',
    [person([0, 0, 40]), person([40, 1, 40])],
    ['silence>span>copy 0.0-4.0', 'copy:0 4.0-40.0', 'silence>span>copy 40.1-44.1', 'copy:1 44.1-80.1'],
  ],
];
for (const [name, people, items] of cases) {
  test(name, () => assert.deepEqual(planSplice(people).map(say), items));
}

test('only whole 20 ms frames of CELT are copied', () => {
  const rows: [number[], number, PacketKind][] = [
    [[0xfc, 1, 2, 3], 960, 'celt'],
    [[19 << 3, 1, 2, 3], 960, 'celt'],
    [[0xfc], 960, 'concealment'],
    [[0xf4, 1, 2, 3], 480, 'other'],
    [[0xf5, 1, 2], 960, 'other'],
    [[15 << 3, 1, 2, 3], 960, 'other'],
    [[9 << 3], 960, 'other'],
  ];
  for (const [bytes, samples, kind] of rows) assert.equal(packetKind(Uint8Array.from(bytes), samples), kind);
});

test('a packet before the end of the one before, or off the grid, is refused', () => {
  assert.throws(() => person([0, 0, 2], [1, 0, 1]), RangeError);
  assert.throws(() => person([0, 0.5, 1]), RangeError);
});

test('shorter frames stand in the middle of a span and fill it exactly', () => {
  const rows: [number, number[]][] = [
    [5 * 960, [960, 960, 960, 960, 960]],
    [4 * 960 + 840, [960, 960, 480, 240, 120, 960, 960]],
    [960 + 120, [120, 960]],
    [360, [240, 120]],
  ];
  for (const [samples, frames] of rows) {
    assert.deepEqual([...spanFrames({ from: 120, to: 120 + samples })], frames);
  }
});

const anyPerson = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 300 }),
      count: fc.integer({ min: 1, max: 60 }),
      odd: fc.constantFrom<PacketKind>('celt', 'celt', 'concealment', 'other'),
    }),
    { maxLength: 6 },
  )
  .map((talks) => {
    const packets = new PacketIndex();
    let at = 0;
    for (const { gap, count, odd } of talks) {
      at += gap * 120;
      for (let i = 0; i < count; i += 1) {
        packets.add(at, FRAME_SAMPLES, i === count >> 1 ? odd : 'celt');
        at += FRAME_SAMPLES;
      }
    }
    return packets;
  });

test('whatever people do: everything heard is in exactly one item, and copies are of one person alone', () => {
  fc.assert(
    fc.property(fc.array(anyPerson, { minLength: 1, maxLength: 4 }), (people) => {
      const items = planSplice(people);
      let end = 0;
      for (const [i, item] of items.entries()) {
        assert.ok(item.from >= end && item.to > item.from && item.from % 120 === 0 && item.to % 120 === 0);
        if (item.kind === 'copy') {
          const packets = people[item.person] as PacketIndex;
          assert.equal(item.to - item.from, item.count * FRAME_SAMPLES);
          assert.ok(item.count >= celtRules.minCopyFrames);
          for (let k = 0; k < item.count; k += 1) {
            assert.equal(packets.startOf(item.first + k), item.from + k * FRAME_SAMPLES);
            assert.notEqual(packets.kindOf(item.first + k), 'other');
          }
          const before = items[i - 1];
          assert.ok(before?.kind === 'span' && before.to === item.from, 'a copy is handed over by a span');
        } else {
          assert.equal(item.before === 'copy', items[i - 1]?.kind === 'copy' && items[i - 1]?.to === item.from);
          assert.equal(item.after === 'copy', items[i + 1]?.kind === 'copy' && items[i + 1]?.from === item.to);
        }
        end = item.to;
      }
      for (const [person, packets] of people.entries()) {
        for (let k = 0; k < packets.count; k += 1) {
          const [from, to] = [packets.startOf(k), packets.endOf(k)];
          const over = items.filter((item) => item.from < to && item.to > from);
          assert.ok(over.length > 0 && (over[0] as SpliceItem).from <= from && (over.at(-1) as SpliceItem).to >= to);
          for (const item of over) assert.ok(item.kind === 'span' || item.person === person);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('stretches are in order, do not overlap, and hold every packet', () => {
  fc.assert(
    fc.property(fc.array(anyPerson, { minLength: 1, maxLength: 4 }), (people) => {
      let end = 0;
      for (const { from, to } of findStretches(people)) {
        assert.ok(from >= end);
        end = to;
      }
      assert.equal(end, Math.max(0, ...people.map((one) => (one.count > 0 ? one.endOf(one.count - 1) : 0))));
    }),
    { numRuns: 200 },
  );
});
