import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hole } from '../formats/hole.ts';
import { recordingLayout } from '../formats/recording-layout.ts';
import { MuxError } from '../mux-error.ts';
import type { PersonTimeline, Timeline } from '../timeline/timeline.ts';
import { chooseWindow, type WindowWish } from './choose-window.ts';

const second = 48_000;

/** A recording of 60 s with holes; somebody speaks at the given stretches. */
const recording = (holes: readonly Hole[] = [], speech: readonly (readonly [number, number])[] = []) => {
  const person: PersonTimeline = {
    ...{ userId: '1', username: 'ada', displayName: 'Ada', speechSamples: 0, excluded: [], holes: [] },
    placements: speech.map(([from, to]) => ({
      ...{ segmentId: '1/x', fileFrom: 0, moved: null },
      ...{ at: from * second, samples: (to - from) * second },
    })),
  };
  const timeline: Timeline = {
    ...{ durationSamples: 60 * second, people: [person], participants: [], segments: [], skipped: [] },
    ...{ holes, markers: [], consents: [] },
  };
  return { timeline, layout: recordingLayout('/rec/it'), live: false };
};

const ranges: [what: string, wish: WindowWish, from: number, to: number][] = [
  ['nothing said', {}, 0, 60],
  ['from a place on', { from: 10 * second }, 10, 60],
  ['a range', { from: 10 * second, to: 20 * second }, 10, 20],
  ['an end that is rounded up', { to: 60.9 * second }, 0, 60],
  ['the last seconds', { last: 15 * second }, 45, 60],
  ['more than there is', { last: 300 * second }, 0, 60],
];
for (const [what, wish, from, to] of ranges) {
  test(`${what}: ${from} s to ${to} s`, () => {
    assert.deepEqual(chooseWindow(recording(), wish).pieces, [{ from: from * second, to: to * second }]);
  });
}

const outside: [what: string, wish: WindowWish, words: RegExp][] = [
  ['a start at the end', { from: 60 * second }, /\/rec\/it is 1:00 long: it has nothing from 1:00 on/],
  ['an end a second beyond', { to: 61 * second }, /\/rec\/it is 1:00 long: 1:01 lies beyond its end/],
  ['an end before the start', { from: 5 * second, to: 4 * second }, /nothing from 0:05 to 0:04/],
];
for (const [what, wish, words] of outside) {
  test(`${what} is refused with the length and the folder`, () => {
    assert.throws(
      () => chooseWindow(recording(), wish),
      (error) => error instanceof MuxError && error.code === 'range_outside' && words.test(error.message),
    );
  });
}

test('of an empty recording there is nothing', () => {
  const { timeline, ...rest } = recording();
  assert.throws(
    () => chooseWindow({ ...rest, timeline: { ...timeline, durationSamples: 0 } }, {}),
    /nothing to export/,
  );
});

const hole = (from: number, to: number, userId?: string): Hole => ({
  ...{ fromSample: from * second, toSample: to * second, reason: 'paused' },
  ...(userId !== undefined && { userId }),
});
const cuts: [what: string, holes: Hole[], speech: [number, number][], seconds: number][] = [
  ['a pause is cut', [hole(10, 20)], [[0, 10]], 50],
  ['the hole of one person is not: the others speak', [hole(10, 20, '1')], [], 60],
  ['a voice that reaches into a pause is kept', [hole(10, 20)], [[5, 12]], 52],
  ['a voice inside of a pause is kept', [hole(10, 20)], [[14, 15]], 51],
  ['pauses at both ends and over each other are cut once', [hole(0, 10), hole(5, 15), hole(50, 60)], [], 35],
];
for (const [what, holes, speech, seconds] of cuts) {
  test(`with --cut-pauses: ${what}`, () => {
    assert.equal(chooseWindow(recording(holes, speech), { cutPauses: true }).samples, seconds * second);
    assert.equal(chooseWindow(recording(holes, speech), {}).samples, 60 * second);
  });
}
