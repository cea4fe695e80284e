import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barHeight, decodePeaks, peakBetween, pyramidOf } from './peak-pyramid.ts';
import { clockTime, lengthInWords, parseClockTime, spokenTime } from './time-format.ts';
import { closestMsPerPx, endMs, fitted, following, msAt, resized, rulerMarks, scrolled, xOf, zoomed } from './view.ts';

for (const [ms, clock, words, spoken] of [
  [0, '0:00', '0 s', '0 seconds'],
  [999, '0:00', '1 s', '0 seconds'],
  [59_999, '0:59', '1 min', '59 seconds'],
  [61_000, '1:01', '1 min', '1 minute 1 second'],
  [3_600_000, '1:00:00', '1 h', '1 hour'],
  [3_909_000, '1:05:09', '1 h 5 min', '1 hour 5 minutes 9 seconds'],
  [-5, '0:00', '0 s', '0 seconds'],
] as const)
  test(`${ms} ms is ${clock}, ${words}, ${spoken}`, () => {
    assert.equal(clockTime(ms), clock);
    assert.equal(lengthInWords(Math.max(0, ms)), words);
    assert.equal(spokenTime(ms), spoken);
  });

for (const [typed, ms] of [
  ['90', 90_000],
  ['1:30', 90_000],
  [' 1:02:03 ', 3_723_000],
  ['1:30.5', 90_500],
  ['0:00', 0],
  ['1:75', null],
  ['1:2:3:4', null],
  ['a', null],
  ['', null],
  ['-1', null],
] as const)
  test(`“${typed}” typed as a time is ${ms}`, () => {
    assert.equal(parseClockTime(typed), ms);
  });

const hour = fitted(3_600_000, 1000);

test('everything in sight is as wide as the window, and a new width keeps it so', () => {
  assert.equal(hour.msPerPx, 3600);
  assert.equal(endMs(hour), 3_600_000);
  assert.equal(resized(hour, 500).msPerPx, 7200);
  assert.equal(resized(hour, 1000, 7_200_000).msPerPx, 7200);
});

test('a zoom keeps what is under the pointer, ends at the closest look, and undone shows everything again', () => {
  const closer = zoomed(hour, 0.25, 400);
  assert.equal(msAt(closer, 400), msAt(hour, 400));
  assert.equal(zoomed(closer, 1e-9, 400).msPerPx, closestMsPerPx);
  assert.deepEqual(zoomed(closer, 1e9, 0), hour);
});

test('nothing before the beginning or after the end is ever shown', () => {
  const closer = zoomed(hour, 0.1, 500);
  assert.equal(scrolled(closer, -1e9).fromMs, 0);
  assert.equal(endMs(scrolled(closer, 1e9)), 3_600_000);
  assert.equal(msAt(hour, -50), 0);
  assert.equal(msAt(hour, 5000), 3_600_000);
});

test('a position out of sight turns the page, one in sight does not', () => {
  const closer = zoomed(hour, 0.1, 0);
  assert.equal(following(closer, 100_000), closer);
  const turned = following(closer, 1_000_000);
  assert.ok(xOf(turned, 1_000_000) >= 0 && xOf(turned, 1_000_000) <= turned.widthPx);
});

test('the ruler has round marks with room between them at every zoom', () => {
  for (let view = hour; view.msPerPx > closestMsPerPx; view = zoomed(view, 0.5, 300)) {
    const marks = rulerMarks(view);
    assert.ok(marks.length >= 2 && marks.length <= 15, `${marks.length} marks at ${view.msPerPx} ms a pixel`);
    for (const [index, mark] of marks.slice(1).entries())
      assert.ok(xOf(view, mark) - xOf(view, marks[index] ?? 0) >= 72);
  }
});

test('a pixel shows the greatest level under it at every coarseness', () => {
  const points = Uint8Array.from({ length: 10_000 }, (_, index) => (index === 7777 ? 255 : index % 50));
  const pyramid = pyramidOf(points, 100);
  assert.ok(pyramid.levels.length > 4);
  for (const width of [100, 1000, 10_000, 100_000, 1_000_000]) {
    const from = Math.floor(777_700 / width) * width;
    assert.equal(peakBetween(pyramid, from, from + width), 1, `${width} ms`);
    assert.ok(peakBetween(pyramid, 0, Math.min(width, 700_000)) <= 49 / 255);
  }
  assert.equal(peakBetween(pyramidOf(new Uint8Array(), 100), 0, 1000), 0);
});

test('levels travel in base64', () => {
  const levels = Buffer.from([0, 128, 255]).toString('base64');
  assert.deepEqual([...(decodePeaks({ msPerPoint: 100, levels }).levels[0] ?? [])], [0, 128, 255]);
});

test('a bar grows slower than the level: full scale fills it, quiet speech is seen, what a decoder hums is nothing', () => {
  assert.equal(barHeight(1), 1);
  assert.equal(barHeight(0), 0);
  assert.equal(barHeight(1 / 255), 0);
  assert.ok(Math.abs(barHeight(0.1) - 0.25) < 0.01);
  assert.ok(Math.abs(barHeight(0.3162) - 0.5) < 0.01);
});
