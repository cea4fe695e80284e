import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportWindow, mapSample, mapStretch, subtract } from './export-window.ts';

test('a window without cuts is the range, to the sample', () => {
  assert.deepEqual(exportWindow(17, 1000), { pieces: [{ from: 17, to: 1000 }], samples: 983 });
});

test('a cut gives way to the grid, and one that covers nothing of it is none', () => {
  assert.deepEqual(exportWindow(0, 4800, [{ from: 241, to: 1199 }]).pieces, [
    { from: 0, to: 360 },
    { from: 1080, to: 4800 },
  ]);
  assert.equal(exportWindow(0, 4800, [{ from: 241, to: 359 }]).samples, 4800);
  assert.equal(exportWindow(0, 4800, [{ from: 9000, to: 9999 }]).samples, 4800);
  assert.deepEqual(exportWindow(600, 1200, [{ from: 0, to: 5000 }]), { pieces: [{ from: 600, to: 600 }], samples: 0 });
});

const window = exportWindow(100, 10_000, [
  { from: 1200, to: 2400 },
  { from: 4800, to: 6000 },
]);
const places: [what: string, sample: number, at: number | null][] = [
  ['before the window', 99, null],
  ['its first sample', 100, 0],
  ['before a cut', 1199, 1099],
  ['inside of a cut', 1800, 1100],
  ['after a cut', 2500, 1200],
  ['after both', 7000, 4500],
  ['its end', 10_000, 7500],
  ['after the window', 10_001, null],
];
for (const [what, sample, at] of places) {
  test(`an instant ${what} lands at ${at}`, () => assert.equal(mapSample(window, sample), at));
}

test('a stretch over a cut is one again, one inside of a cut is gone', () => {
  assert.deepEqual(mapStretch(window, { from: 1000, to: 3000 }), [{ from: 900, to: 1700 }]);
  assert.deepEqual(mapStretch(window, { from: 1300, to: 2300 }), []);
  assert.deepEqual(mapStretch(window, { from: -5, to: Number.POSITIVE_INFINITY }), [{ from: 0, to: 7500 }]);
});

test('whatever is cut, pieces keep order and length, and every kept sample has its place', () => {
  const stretch = fc
    .tuple(fc.integer({ min: -2000, max: 20_000 }), fc.integer({ min: -50, max: 5000 }))
    .map(([from, length]) => ({ from, to: from + length }));
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 1, max: 12_000 }),
      fc.array(stretch),
      (from, length, cuts) => {
        const made = exportWindow(from, from + length, cuts);
        let at = 0;
        let end = -1;
        for (const piece of made.pieces) {
          assert.ok(piece.from >= end && piece.to >= piece.from);
          assert.ok(end === -1 || piece.from % 120 === 0);
          if (piece.to > piece.from) assert.equal(mapStretch(made, piece)[0]?.from, at);
          at += piece.to - piece.from;
          end = piece.to;
        }
        assert.equal(made.samples, at);
      },
    ),
  );
});

test('what is subtracted is gone, what is left is whole', () => {
  assert.deepEqual(
    subtract(
      [{ from: 0, to: 10 }],
      [
        { from: 3, to: 5 },
        { from: 8, to: 20 },
      ],
    ),
    [
      { from: 0, to: 3 },
      { from: 5, to: 8 },
    ],
  );
});
