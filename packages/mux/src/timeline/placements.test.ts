import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Reanchor, SegmentSidecar } from '../formats/segment-sidecar.ts';
import { seededRandom } from '../testing/tones.ts';
import { placeSpurts, type SpurtSource } from './placements.ts';

interface Made {
  readonly startSample: number;
  readonly samples?: number;
  readonly rtpStart?: number;
  readonly offset?: number;
  readonly points?: readonly (readonly [number, number])[];
  readonly reanchors?: readonly Reanchor[];
  readonly spurts?: readonly { from: number; samples: number }[];
  readonly ssrc?: number;
}

const source = (made: Made): SpurtSource => {
  const { startSample, samples = 48_000, rtpStart = startSample, offset = startSample - rtpStart } = made;
  const sidecar = {
    ...{ segmentId: `1/${startSample}`, userId: '1', startSample, samples, ssrc: [made.ssrc ?? 7] },
    clock: {
      ...{ rtpStart, offsetSamples: offset, driftPpm: 0 },
      reanchors: [...(made.reanchors ?? [])],
      points: [...(made.points ?? [])],
    },
  } as unknown as SegmentSidecar;
  return { sidecar, spurts: made.spurts ?? [{ from: 0, samples }] };
};

test('without points a talk-spurt stays where voxproc put it, on the grid', () => {
  const [placed] = placeSpurts([source({ startSample: 1_000_070 })]);
  assert.deepEqual([placed?.at, placed?.moved], [1_000_080, null]);
});

test('a start that was stamped late is put right by a later, less delayed packet', () => {
  // voxproc saw the first packet 60 ms late and the truth 3 s later.
  const truth = 500_000;
  const late = 2880;
  const [placed] = placeSpurts([
    source({
      startSample: truth + late,
      rtpStart: 100,
      points: [
        [100, truth + late],
        [144_100, truth + 144_000],
      ],
    }),
  ]);
  assert.equal(placed?.at, Math.round(truth / 120) * 120);
  assert.equal(placed?.moved, -late);
});

test('the clock is shared by all segments of one source', () => {
  const placed = placeSpurts([
    source({ startSample: 48_000 + 1500, rtpStart: 0, points: [[0, 48_000 + 1500]] }),
    source({ startSample: 480_000, rtpStart: 432_000, points: [[432_000, 480_000]] }),
  ]);
  assert.deepEqual(
    placed.map(({ at }) => at),
    [48_000, 480_000],
  );
});

test('another source, and an offset that jumps by more than 200 ms, begin a clock of their own', () => {
  for (const second of [{ ssrc: 8 }, { ssrc: 7 }]) {
    const jump = 20_000;
    const placed = placeSpurts([
      source({ startSample: 48_000, rtpStart: 0, points: [[0, 48_000]] }),
      source({ startSample: 96_000 + jump, rtpStart: 48_000, points: [[48_000, 96_000 + jump]], ...second }),
    ]);
    assert.equal(placed[1]?.at, Math.round((96_000 + jump) / 120) * 120);
  }
});

test('a segment whose packets all came late keeps the clock of its neighbours', () => {
  const late = 19_200;
  for (const lateOne of [0, 1]) {
    const starts = [48_000, 96_000, 144_000];
    const placed = placeSpurts(
      starts.map((at, i) => {
        const arrival = at + (i === lateOne ? late : 0);
        return source({
          startSample: arrival,
          rtpStart: at - 48_000,
          offset: arrival - (at - 48_000),
          samples: 9600,
          points: [[at - 48_000, arrival]],
        });
      }),
    );
    assert.deepEqual(
      placed.map(({ at }) => at),
      starts,
    );
  }
});

test('a place more than a second away from voxproc’s own is not believed', () => {
  const [placed] = placeSpurts([
    source({ startSample: 480_000, rtpStart: 0, offset: 480_000, points: [[0, 100_000]] }),
  ]);
  assert.deepEqual([placed?.at, placed?.moved], [480_000, null]);
});

test('talk-spurts after a re-anchoring in a pause follow RTP, not the fill', () => {
  // voxproc believed the clock 4800 samples too late at first and took them up in the pause by a shorter fill.
  const rtpStart = 10_000;
  const truth = 200_000;
  const reanchor: Reanchor = {
    atSample: truth + 4800 + 48_000,
    offsetSamples: truth - rtpStart,
    deltaSamples: -4800,
    reason: 'pause',
  };
  const placed = placeSpurts([
    source({
      startSample: truth + 4800,
      rtpStart,
      samples: 200_000,
      reanchors: [reanchor],
      points: [
        [rtpStart, truth + 4800],
        [rtpStart + 100_800, truth + 100_800],
      ],
      // In the file the second spurt stands 4800 samples early: after 96000 samples instead of 100800.
      spurts: [
        { from: 0, samples: 48_000 },
        { from: 96_000, samples: 48_000 },
      ],
    }),
  ]);
  assert.deepEqual(
    placed.map(({ at }) => at),
    [truth, truth + 100_800].map((at) => Math.round(at / 120) * 120),
  );
});

test('with jitter, stalls, loss of points and drift every talk-spurt lands within 5 ms of the truth', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -80, max: 80 }), (seed, ppm) => {
      const random = seededRandom(seed);
      const sources: SpurtSource[] = [];
      const truths: number[] = [];
      let at = 48_000;
      const rtpOf = (position: number): number => Math.round(position * (1 + ppm / 1e6)) + 777;
      while (at < 600 * 48_000) {
        const spurt = Math.round((1 + random() * 6) * 50) * 960;
        const points: [number, number][] = [];
        for (let p = at; p < at + spurt; p += 48_000) {
          // The least delayed of a second's packets; now and then the whole second stalls.
          const delay =
            Math.min(...Array.from({ length: 50 }, () => random() * 60 * 48)) + (random() < 0.05 ? 400 * 48 : 0);
          points.push([rtpOf(p), p + delay]);
        }
        const first = points[0] as [number, number];
        sources.push(
          source({
            startSample: Math.round(first[1]),
            rtpStart: rtpOf(at),
            offset: Math.round(first[1]) - rtpOf(at),
            samples: spurt,
            points,
          }),
        );
        truths.push(at);
        at += spurt + Math.round(random() * 3 * 50) * 960;
      }
      const errors = placeSpurts(sources)
        .map((placed, i) => (placed.at - (truths[i] as number)) / 48)
        .toSorted((a, b) => a - b);
      const middle = errors[errors.length >> 1] as number;
      const spread = errors.map((error) => Math.abs(error - middle)).toSorted((a, b) => a - b);
      assert.ok(
        (spread[Math.floor(spread.length * 0.95)] as number) <= 5,
        `p95 ${spread[Math.floor(spread.length * 0.95)]}`,
      );
      assert.ok((spread.at(-1) as number) <= 20, `max ${spread.at(-1)}`);
    }),
    { numRuns: 25 },
  );
});
