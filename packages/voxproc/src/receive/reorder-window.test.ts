import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Arrived } from './arrived.ts';
import { ReorderWindow, WINDOW_PACKETS, WINDOW_US } from './reorder-window.ts';

const FRAME = 960;
const FRAME_US = 20_000;

const arrived = (sequence: number, arrivalUs: number, rtp = sequence * FRAME): Arrived => ({
  sequence: sequence & 0xffff,
  rtp,
  arrivalUs,
  arrival: (arrivalUs * 48) / 1000,
  opus: null,
  samples: FRAME,
  unusable: null,
  speech: true,
  lost: 0,
  restart: false,
});

const makeWindow = () => {
  const refused: [number, 'duplicate' | 'late'][] = [];
  const out: Arrived[] = [];
  const window = new ReorderWindow((packet, reason) => refused.push([packet.rtp / FRAME, reason]));
  return {
    window,
    refused,
    push: (packet: Arrived) => window.push(packet, out),
    advance: (us: number) => window.advance(us, out),
    drain: () => window.drain(out),
    /** RTP in frames and losses of what was released since the last call. */
    taken: () => out.splice(0).map((packet): [number, number] => [packet.rtp / FRAME, packet.lost]),
    out,
  };
};

/** Pushes `count` packets from `first` on, one each 20 ms from `startUs`, and moves time past the gathering. */
const startedWindow = (first: number, count = 20) => {
  const made = makeWindow();
  for (let index = 0; index < count; index += 1) made.push(arrived(first + index, index * FRAME_US));
  made.advance(count * FRAME_US);
  made.out.length = 0;
  return { ...made, nextUs: count * FRAME_US, next: first + count };
};

describe('resync', () => {
  const jumps: [name: string, sequence: (next: number) => number, rtp: (next: number) => number][] = [
    ['ahead by half the range', (next) => next + 30_000, (next) => next],
    ['ahead by a little that RTP does not explain', (next) => next + 100, (next) => next],
    ['back by half the range', (next) => next - 30_000, (next) => next],
    ['back by two thousand, RTP back too', (next) => next - 2000, (next) => next - 2000],
    ['back over the numbers used last, RTP going on', (next) => next - 15, (next) => next],
    ['back over the numbers used last, RTP back too', (next) => next - 15, (next) => next - 15.5],
    ['back by fifty, RTP back by a day', (next) => next - 50, (next) => next - 4_000_000],
  ];
  for (const [name, sequence, rtp] of jumps) {
    test(`a numbering that jumps ${name} is followed within 0.25 s without losing a packet`, () => {
      const { push, taken, refused, next, nextUs } = startedWindow(5000);
      let followedAt = Number.NaN;
      const released: number[] = [];
      for (let index = 0; index < 30; index += 1) {
        push(arrived(sequence(next) + index, nextUs + index * FRAME_US, (rtp(next) + index) * FRAME));
        const now = taken();
        if (now.length > 0 && Number.isNaN(followedAt)) followedAt = index * FRAME_US;
        released.push(...now.map(([frame]) => frame));
      }
      assert.ok(followedAt <= 250_000, `followed after ${followedAt} µs`);
      assert.deepEqual(
        released,
        Array.from({ length: 30 }, (_, index) => rtp(next) + index),
      );
      assert.deepEqual(refused, []);
    });
  }

  test('a new beginning is marked and counts no loss', () => {
    const { push, out, next, nextUs } = startedWindow(5000);
    push(arrived(next + 20_000, nextUs, next * FRAME));
    push(arrived(next + 20_001, nextUs + FRAME_US, (next + 1) * FRAME));
    assert.deepEqual(
      out.map(({ restart, lost }) => [restart, lost]),
      [
        [true, 0],
        [false, 0],
      ],
    );
  });

  test('what waits is released before a new beginning', () => {
    const { push, taken, next, nextUs } = startedWindow(5000);
    push(arrived(next + 1, nextUs));
    push(arrived(next + 20_000, nextUs + 1000, 0));
    push(arrived(next + 20_001, nextUs + 2000, FRAME));
    assert.deepEqual(taken(), [
      [next + 1, 1],
      [0, 0],
      [1, 0],
    ]);
  });

  test('one packet from nowhere changes nothing and is late in the end', () => {
    const { push, taken, refused, next, nextUs } = startedWindow(5000);
    push(arrived(next + 20_000, nextUs, 77 * FRAME));
    push(arrived(next, nextUs + FRAME_US));
    assert.deepEqual(taken(), [[next, 0]]);
    assert.deepEqual(refused, [[77, 'late']]);
  });

  test('late packets that trickle in slower than speech begin nothing', () => {
    const { push, advance, taken, refused, next, nextUs } = startedWindow(5000);
    push(arrived(next + 8, nextUs));
    advance(nextUs + WINDOW_US);
    taken();
    for (let index = 0; index < 8; index += 1) push(arrived(next + index, nextUs + WINDOW_US + index * 50_000));
    push(arrived(next + 9, nextUs + WINDOW_US + 500_000));
    assert.deepEqual(taken(), [[next + 9, 0]]);
    assert.equal(refused.length, 8);
  });

  test('packets that are truly late, in a burst or among newer ones, begin nothing', () => {
    const { push, advance, taken, refused, next, nextUs } = startedWindow(5000);
    push(arrived(next + 8, nextUs));
    advance(nextUs + WINDOW_US);
    assert.deepEqual(taken(), [[next + 8, 8]]);
    for (let index = 0; index < 8; index += 1) push(arrived(next + index, nextUs + WINDOW_US + 1000));
    push(arrived(next + 9, nextUs + WINDOW_US + 2000));
    assert.deepEqual(taken(), [[next + 9, 0]]);
    assert.deepEqual(
      refused,
      Array.from({ length: 8 }, (_, index) => [next + index, 'late']),
    );
  });
});

describe('order', () => {
  test('the first packets are gathered, so that a reordered start loses nothing', () => {
    const { push, advance, taken } = makeWindow();
    push(arrived(12, 0));
    push(arrived(10, 5000));
    push(arrived(11, 9000));
    assert.deepEqual(taken(), []);
    advance(WINDOW_US);
    assert.deepEqual(taken(), [
      [10, 0],
      [11, 0],
      [12, 0],
    ]);
  });

  test('packets in order are released at once', () => {
    const { push, taken, next, nextUs } = startedWindow(0);
    push(arrived(next, nextUs));
    assert.deepEqual(taken(), [[next, 0]]);
  });

  test('a missing packet is waited for 200 ms, and lost then', () => {
    const { push, advance, taken, next, nextUs } = startedWindow(65_530);
    push(arrived(next + 1, nextUs));
    advance(nextUs + WINDOW_US - 1);
    assert.deepEqual(taken(), []);
    advance(nextUs + WINDOW_US);
    assert.deepEqual(taken(), [[next + 1, 1]]);
  });

  test('a missing packet is waited for until one is 16 ahead of it', () => {
    const { push, taken, next, nextUs } = startedWindow(65_530);
    for (let index = 1; index < WINDOW_PACKETS; index += 1) push(arrived(next + index, nextUs + index));
    assert.deepEqual(taken(), []);
    push(arrived(next + WINDOW_PACKETS, nextUs + WINDOW_PACKETS));
    const released = taken();
    assert.deepEqual(released[0], [next + 1, 1]);
    assert.equal(released.length, WINDOW_PACKETS);
  });

  test('a packet that comes within the window takes its place', () => {
    const { push, taken, next, nextUs } = startedWindow(65_530);
    push(arrived(next + 1, nextUs));
    push(arrived(next, nextUs + 199_000));
    assert.deepEqual(taken(), [
      [next, 0],
      [next + 1, 0],
    ]);
  });

  test('duplicates are refused, waiting or released', () => {
    const { push, refused, next, nextUs } = startedWindow(65_530);
    push(arrived(next + 1, nextUs));
    push(arrived(next + 1, nextUs + 1));
    push(arrived(next - 1, nextUs + 2));
    push(arrived(next - 1, nextUs + 3));
    assert.deepEqual(refused, [
      [next + 1, 'duplicate'],
      [next - 1, 'duplicate'],
      [next - 1, 'duplicate'],
    ]);
  });

  test('a loss of a whole minute is a loss when RTP moved on with it', () => {
    const { push, taken, next, nextUs } = startedWindow(65_530);
    push(arrived(next + 2900, nextUs + 2900 * FRAME_US));
    assert.deepEqual(taken(), [[next + 2900, 2900]]);
  });

  test('after a reset the next packet is a first one', () => {
    const { window, push, drain, taken, next, nextUs } = startedWindow(100);
    window.reset();
    push(arrived(next + 5000, nextUs + 1e8));
    drain();
    assert.deepEqual(taken(), [[next + 5000, 0]]);
  });
});

/** A sender's packets in an order the network may make of them: every third displaced by up to 400 ms, some lost, some twice. */
const networkOrder = fc.record({
  first: fc.integer({ min: 0, max: 70_000 }),
  packets: fc.array(
    fc.record({
      lossRoll: fc.integer({ min: 0, max: 99 }),
      twice: fc.integer({ min: 0, max: 19 }),
      extraUs: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 400_000 })),
    }),
    { minLength: 1, maxLength: 200 },
  ),
  tick: fc.constantFrom(20_000, 50_000),
});

test('a numbering that begins anew in 2.5 ms frames is followed too', () => {
  const { push, taken, refused, next, nextUs } = startedWindow(5000);
  for (let index = 0; index < 60; index += 1) {
    push(arrived(next - 80 + index, nextUs + index * 2500, (next - 3000) * FRAME + index * 120));
  }
  assert.equal(taken().length, 60);
  assert.deepEqual(refused, []);
});

test('whatever the network does: released in order, each once, and received = released + refused', () => {
  fc.assert(
    fc.property(networkOrder, ({ first, packets, tick }) => {
      const { push, advance, drain, out, refused, window } = makeWindow();
      const arriving = packets
        .flatMap(({ lossRoll, twice, extraUs }, index) => {
          if (lossRoll < 5) return [];
          const at = index * FRAME_US + (index % 3 === 0 ? extraUs : 0);
          return twice === 0 ? [[index, at] as const, [index, at + 7000] as const] : [[index, at] as const];
        })
        .sort((a, b) => a[1] - b[1]);
      let nowUs = 0;
      for (const [index, at] of arriving) {
        for (; nowUs + tick <= at; nowUs += tick) advance(nowUs + tick);
        push(arrived(first + index, at));
        assert.ok(window.size <= 2 * WINDOW_PACKETS + 2, 'the window is bounded');
      }
      drain();
      const frames = out.map((packet) => packet.rtp / FRAME);
      const restarts = out.filter((packet) => packet.restart).length;
      for (let index = 1; index < frames.length; index += 1) {
        if (out[index]?.restart) continue;
        const step = (frames[index] as number) - (frames[index - 1] as number);
        assert.ok(step > 0, 'in order');
        assert.equal(out[index]?.lost, step - 1, 'loss is what is missing');
      }
      assert.equal(frames.length + refused.length, arriving.length);
      assert.equal(restarts, 0, 'delay alone never looks like a new beginning');
    }),
    { numRuns: 300 },
  );
});
