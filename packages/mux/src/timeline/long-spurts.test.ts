import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import type { Placement } from './placement.ts';
import { placeSpurts, type SpurtSource } from './placements.ts';

const second = 48_000;
const ms = 48;
/** Where the sender's RTP stands when the recording begins. */
const RTP = 5_000_000;

/** What is spoken without a pause, and how late its packets are by the recording's clock, in samples, at each sample of it. */
interface Talk {
  readonly from: number;
  readonly seconds: number;
  readonly level: (sample: number) => number;
  readonly thin?: boolean;
}

const source = ({ from, seconds, level, thin = true }: Talk): SpurtSource => {
  const startSample = from + Math.round(level(from));
  const sidecar = {
    ...{ segmentId: `1/${from}`, userId: '1', startSample, samples: seconds * second, ssrc: [7] },
    clock: {
      ...{ rtpStart: RTP + from, offsetSamples: startSample - RTP - from, driftPpm: 0, reanchors: [] },
      points: Array.from({ length: seconds }, (_, i): [number, number] => {
        const spoken = from + i * second;
        return [RTP + spoken, spoken + level(spoken)];
      }),
    },
  } as unknown as SegmentSidecar;
  const places = Array.from({ length: Math.floor(seconds / 10) }, (_, i) => (10 * i + 6) * second);
  return { sidecar, spurts: [{ from: 0, samples: seconds * second, ...(thin && { thin: places }) }] };
};

/** How far, in ms, what is said in each second stands from where it belongs. */
const errorsOf = (talks: readonly Talk[], placements: readonly Placement[]): number[] =>
  talks.flatMap(({ from, seconds, level }) =>
    Array.from({ length: seconds }, (_, i) => {
      const inFile = i * second;
      const home = placements.findLast(({ segmentId, fileFrom }) => segmentId === `1/${from}` && fileFrom <= inFile);
      assert.ok(home !== undefined);
      return (home.at + inFile - home.fileFrom - (from + inFile + level(from + inFile))) / ms;
    }),
  );

/** The level of a piece is that of the least delayed packet in 20 s around its middle: a drifting clock's is a little too low. */
const areNear = (errors: readonly number[], ppm: number): boolean =>
  errors.every((error) => error < 2.75 && error > -2.75 - Math.abs(ppm) * 0.02);

const drifting =
  (ppm: number) =>
  (sample: number): number =>
    (sample * ppm) / 1e6;

for (const ppm of [-80, -15, 15, 80]) {
  test(`minutes without a pause by a clock ${ppm} ppm off stay where they belong`, () => {
    const talk = { from: 100 * second, seconds: 290, level: drifting(ppm) };
    const placements = placeSpurts([source(talk)]);
    const errors = errorsOf([talk], placements);
    assert.ok(areNear(errors, ppm), `${Math.min(...errors)} to ${Math.max(...errors)}`);
    assert.ok(placements.length <= 2 + (290 * Math.abs(ppm)) / 1000 / 2, `${placements.length} parts`);
    assert.deepEqual(
      placements.map(({ joins }) => joins),
      placements.map((_, i) => (i === 0 ? undefined : true)),
    );
    assert.ok(placements.every(({ at }) => at % 120 === 0));
    const samples = placements.reduce((sum, placement) => sum + placement.samples, 0);
    assert.equal(samples, 290 * second, 'every packet belongs to one');
  });
}

test('a clock that goes as ours does, more or less, cuts nothing', () => {
  for (const level of [() => 33, drifting(5), (sample: number) => 40 * Math.sin(sample), (at: number) => at % 397]) {
    assert.equal(placeSpurts([source({ from: 10 * second, seconds: 290, level })]).length, 1);
  }
});

test('a step is no drift: the talk-spurt stays whole', () => {
  const level = (sample: number): number => (sample > 150 * second ? 100 * ms : 0);
  assert.equal(placeSpurts([source({ from: 10 * second, seconds: 290, level })]).length, 1);
});

test('what may not be cut is not', () => {
  assert.equal(placeSpurts([source({ from: 0, seconds: 290, level: drifting(80), thin: false })]).length, 1);
});

test('parts that follow each other in mid-speech meet where they are near enough, else the second one joins', () => {
  for (const ppm of [-80, -15, 0, 15, 80]) {
    const talks = [0, 290].map((from) => ({ from: from * second, seconds: 290, level: drifting(ppm) }));
    const placements = placeSpurts(talks.map(source));
    const errors = errorsOf(talks, placements);
    assert.ok(areNear(errors, ppm), `${ppm}: ${Math.min(...errors)} ${Math.max(...errors)}`);
    for (const [i, { at, joins }] of placements.entries()) {
      const before = placements[i - 1];
      if (before !== undefined) assert.equal(joins === true, at !== before.at + before.samples);
    }
    if (ppm === 0) assert.ok(placements.length === 2 && placements[1]?.joins === undefined);
  }
});

test('talk-spurts with a pause between them do not join', () => {
  const talks = [0, 30].map((from) => ({ from: from * second, seconds: 29, level: () => 0 }));
  assert.deepEqual(
    placeSpurts(talks.map(source)).map(({ at, joins }) => [at, joins]),
    [
      [0, undefined],
      [30 * second, undefined],
    ],
  );
});
