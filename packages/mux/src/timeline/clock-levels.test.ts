import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LevelUnit, levelAt } from './clock-levels.ts';

const second = 48_000;
const ms = 48;

/** One talk-spurt of a second each two, with one point; `levels` in milliseconds, null for a talk-spurt without a point. */
const spurts = (levels: readonly (number | null)[], believed = levels): LevelUnit[] =>
  levels.map((level, index) => {
    const from = index * 2 * second;
    return {
      ...{ from, to: from + second, offset: (believed[index] ?? 0) * ms },
      points: level === null ? [] : [[from + second / 2, level * ms]],
    };
  });

const solved = (units: readonly LevelUnit[]): (number | null)[] =>
  units.map((_, index) => {
    const level = levelAt(units, index);
    return level === null ? null : Math.round(level / ms);
  });

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

interface Case {
  readonly levels: readonly (number | null)[];
  readonly believed?: readonly number[];
  readonly is: readonly number[];
}

const cases: Record<string, Case> = {
  'jitter is taken for delay: the least of the neighbourhood counts': {
    levels: [3, 0, 9, 4, 12, 0, 7, 2],
    is: times(8, 0),
  },
  'packets that were late for a while and then as before were delayed': {
    levels: [...times(8, 0), ...times(5, 80), ...times(8, 0)],
    is: times(21, 0),
  },
  'packets that were late at first, and soon no more, were delayed': {
    levels: [60, 60, ...times(10, 0)],
    is: times(12, 0),
  },
  'RTP that fell back stays back: each side keeps its level, up to the step and from it on': {
    levels: [...times(20, 0), ...times(20, 100)],
    is: [...times(20, 0), ...times(20, 100)],
  },
  'RTP that skipped ahead stays ahead': {
    levels: [...times(20, 300), ...times(20, 0)],
    is: [...times(20, 300), ...times(20, 0)],
  },
  'RTP that stands still in each pause climbs in steps': {
    levels: [0, 100, 200, 300, 400, 500, 600, 700],
    is: [0, 100, 200, 300, 400, 500, 600, 700],
  },
  'a step of minutes needs one point': { levels: [0, 0, 0, 60_000], is: [0, 0, 0, 60_000] },
  'a step voxproc followed by itself is believed from the first point on': {
    levels: [...times(10, 0), 400],
    believed: [...times(10, 0), 400],
    is: [...times(10, 0), 400],
  },
  'a talk-spurt without a point of its own beside a large step stands where voxproc put it': {
    levels: [...times(10, 0), null, null, ...times(10, 400)],
    believed: [...times(11, 0), ...times(11, 400)],
    is: [...times(11, 0), ...times(11, 400)],
  },
  'a talk-spurt without a point of its own beside a small step goes with the nearest point': {
    levels: [...times(10, 0), null, ...times(10, 100)],
    believed: times(21, 0),
    is: [...times(11, 0), ...times(10, 100)],
  },
};

for (const [name, { levels, believed, is }] of Object.entries(cases)) {
  test(name, () => {
    assert.deepEqual(solved(spurts(levels, believed)), is);
  });
}

test('without any point nothing is known', () => {
  assert.deepEqual(solved(spurts([null, null])), [null, null]);
});

test('of a very long talk-spurt the middle counts, not its drifted ends', () => {
  const points = Array.from({ length: 120 }, (_, at): [number, number] => [at * second, at * 0.1 * ms]);
  const level = levelAt([{ from: 0, to: 120 * second, offset: 0, points }], 0);
  assert.ok(level !== null && Math.abs(level / ms - 6) < 5, `${level}`);
});
