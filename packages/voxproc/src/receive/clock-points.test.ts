import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../testing/packet-stream.ts';
import { ClockPoints, driftPpm } from './clock-points.ts';

const SECOND = 48_000;

test('the least delayed packet of each second is kept', () => {
  const points = new ClockPoints(10);
  for (const [arrival, rtp] of [
    [100, 50],
    [200, 190],
    [300, 250],
    [SECOND + 7, SECOND],
    [SECOND + 900, SECOND + 800],
  ] as const) {
    points.add(arrival, rtp);
  }
  assert.deepEqual(points.points, [
    [190, 200],
    [SECOND, SECOND + 7],
  ]);
});

test('only the newest seconds are kept', () => {
  const points = new ClockPoints(3);
  for (let second = 0; second < 10; second += 1) points.add(second * SECOND, second);
  assert.deepEqual(
    points.points.map(([rtp]) => rtp),
    [7, 8, 9],
  );
  points.reset();
  assert.deepEqual(points.points, []);
});

test('drift is found under jitter and a congested minute, and not guessed from too little', () => {
  const random = seededRandom(3);
  for (const ppm of [-80, 0, 35, 80]) {
    const points = new ClockPoints(600);
    for (let rtp = 0; rtp < 300 * SECOND; rtp += 960) {
      const congested = rtp > 240 * SECOND && rtp < 290 * SECOND ? 0.4 * SECOND : 0;
      points.add(rtp * (1 + ppm * 1e-6) + random() * 480 + congested, rtp);
    }
    assert.ok(Math.abs(driftPpm(points.points) - ppm) < 3, `${driftPpm(points.points)} for ${ppm}`);
  }
  const few = new ClockPoints(600);
  for (let rtp = 0; rtp < 40 * SECOND; rtp += 960) few.add(rtp * 1.0001, rtp);
  assert.equal(driftPpm(few.points), 0);
});
