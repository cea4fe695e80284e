import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Arrived } from './arrived.ts';
import { type AnchorReason, ClockWatch, DOUBT_US } from './clock-watch.ts';
import { OffsetEnvelope } from './offset-envelope.ts';

const FRAME = 960;

const arrived = (rtpFrames: number, arrivalMs: number, usable = true): Arrived => ({
  sequence: rtpFrames,
  rtp: rtpFrames * FRAME,
  arrivalUs: arrivalMs * 1000,
  arrival: arrivalMs * 48,
  opus: null,
  samples: usable ? FRAME : 0,
  unusable: usable ? null : 'undecryptable',
  speech: usable,
  lost: 0,
  restart: false,
});

/** A watch that has heard `frames` frames on time, the first at 0 ms. */
const startedWatch = (frames = 50) => {
  const seen: [frame: number, reason: AnchorReason | null][] = [];
  const envelope = new OffsetEnvelope();
  const watch = new ClockWatch(envelope, (packet, reason) => seen.push([packet.rtp / FRAME, reason]));
  for (let frame = 0; frame < frames; frame += 1) watch.take(arrived(frame, frame * 20));
  seen.length = 0;
  return {
    watch,
    envelope,
    seen,
    /** Takes frames from `rtp` on, the first at `ms`, each `everyMs`. */
    run: (rtp: number, ms: number, count: number, everyMs = 20) => {
      for (let index = 0; index < count; index += 1) watch.take(arrived(rtp + index, ms + index * everyMs));
    },
    reasons: () => seen.filter(([, reason]) => reason !== null),
    frames: () => seen.map(([frame]) => frame),
  };
};

const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

test('RTP that jumps ahead of arrival is followed at once', () => {
  for (const jump of [1500, 90_000, 15]) {
    const { run, reasons, frames, envelope } = startedWatch();
    run(50 + jump, 1000, 3);
    assert.deepEqual(reasons(), [[50 + jump, 'rtp_jump']]);
    assert.deepEqual(frames(), range(50 + jump, 3));
    assert.equal(envelope.minimum, 1000 * 48 - (50 + jump) * FRAME);
  }
});

test('after a jump the minimum is provisional again', () => {
  const { run, envelope } = startedWatch(1750);
  assert.equal(envelope.isProvisional(35_000 * 48), false);
  run(1750 + 1500, 35_000, 1);
  assert.equal(envelope.isProvisional(35_000 * 48), true);
});

test('RTP that stands still through a pause of 3 s is anchored anew from its first packet', () => {
  const { run, reasons, frames, envelope } = startedWatch();
  run(50, 4000, 20);
  assert.deepEqual(reasons(), [[50, 'rtp_jump']]);
  assert.deepEqual(frames(), range(50, 20));
  assert.equal(envelope.minimum, 3000 * 48);
});

test('RTP that jumps back by 30 s is anchored anew from its first packet', () => {
  const { run, reasons, frames } = startedWatch();
  run(50 - 1500, 1000, 20);
  assert.deepEqual(reasons(), [[50 - 1500, 'rtp_jump']]);
  assert.deepEqual(frames(), range(50 - 1500, 20));
});

test('a single packet after such a jump waits 250 ms and is anchored anew', () => {
  const { watch, run, reasons, seen } = startedWatch();
  run(50, 4000, 1);
  watch.advance(4_000_000 + DOUBT_US - 1);
  assert.deepEqual(seen, []);
  watch.advance(4_000_000 + DOUBT_US);
  assert.deepEqual(reasons(), [[50, 'rtp_jump']]);
});

test('a stall of the event loop, however long, moves nothing', () => {
  for (const stallMs of [300, 1000, 3000]) {
    const { run, reasons, frames } = startedWatch();
    const stalled = stallMs / 20;
    run(50, 1000 + stallMs, stalled, 0);
    run(50 + stalled, 1000 + stallMs, 20);
    assert.deepEqual(reasons(), []);
    assert.deepEqual(frames(), range(50, stalled + 20));
  }
});

test('a burst after an outage that the sender did not outlast moves nothing', () => {
  const { watch, run, reasons, frames } = startedWatch();
  run(50, 4000, 25, 0);
  watch.advance(4_000_000 + DOUBT_US);
  assert.deepEqual(reasons(), []);
  assert.deepEqual(frames(), range(50, 25));
});

test('a stall on top of a clock that stood still is told apart', () => {
  const { run, reasons, envelope } = startedWatch();
  run(50, 4150, 7, 0);
  run(57, 4160, 20);
  assert.deepEqual(reasons(), [[50, 'rtp_jump']]);
  assert.ok(Math.abs(envelope.minimum - (4160 - 57 * 20) * 48) < 1);
});

test('a delay of 300 ms that lasts for more than ten packets is drift; for fewer it is delay', () => {
  const lasting = startedWatch();
  lasting.run(50, 1300, 11);
  assert.deepEqual(lasting.reasons(), [[50, 'drift']]);
  const passing = startedWatch();
  passing.run(50, 1300, 10);
  passing.run(60, 1200, 5);
  assert.deepEqual(passing.reasons(), []);
  assert.deepEqual(passing.frames(), range(50, 15));
});

test('long frames are let go after 250 ms and still count as drift', () => {
  const { watch, reasons, seen } = startedWatch();
  for (let index = 0; index < 12; index += 1) watch.take(arrived(50 + index * 3, 1300 + index * 60));
  assert.deepEqual(reasons(), [[50 + 10 * 3, 'drift']]);
  assert.equal(seen.length, 12);
});

test('a delay below 200 ms is let through at once', () => {
  const { run, frames, reasons } = startedWatch();
  run(50, 1190, 30);
  assert.deepEqual(frames(), range(50, 30));
  assert.deepEqual(reasons(), []);
});

test('packets that cannot be used keep their place and are not measured', () => {
  const { watch, frames, reasons, run } = startedWatch();
  watch.take(arrived(2000, 1000, false));
  run(50, 4000, 5);
  watch.take(arrived(55, 4100, false));
  run(56, 4120, 14);
  assert.deepEqual(frames(), [2000, ...range(50, 20)]);
  assert.deepEqual(reasons(), [[50, 'rtp_jump']]);
});

test('draining lets everything go', () => {
  const { watch, run, frames } = startedWatch();
  run(50, 1300, 5);
  watch.drain();
  watch.drain();
  assert.deepEqual(frames(), range(50, 5));
  assert.equal(watch.size, 0);
});
