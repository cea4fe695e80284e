import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MediaPacket } from '../receive/packet-source.ts';
import { auditSegment, segmentPackets } from '../testing/audit.ts';
import { packetIndex, speechPacket } from '../testing/packet-stream.ts';
import { makeBench, ORIGIN_US, person, readSidecars } from '../testing/simulate.ts';

const A = '100000000000000001';
const frameUs = 20_000;

/** The numbers of the packets that stand in the file, after all of `order` came in this order, each 20 ms, with a stall before number `stallAt`. */
const recorded = async (order: readonly number[], stallAt: number, stallMs: number, tickFirst: boolean) => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  recorder.setRoster(person(A));
  await recorder.start(bench.spec);
  const read = (index: number): void => {
    const packet: MediaPacket = {
      userId: A,
      ssrc: 1,
      sequence: index,
      timestamp: index * 960,
      arrivalUs: bench.clock.monotonicUs(),
      opus: speechPacket(index),
    };
    recorder.packet(packet);
  };
  for (const [at, index] of order.entries()) {
    const dueUs = ORIGIN_US + at * frameUs;
    if (at === stallAt) {
      bench.clock.stall(stallMs);
      if (tickFirst) bench.clock.advance(20);
    }
    // What came while the loop stood still is read at once when it goes on.
    const aheadMs = (dueUs - bench.clock.monotonicUs()) / 1000;
    if (aheadMs > 0) bench.clock.advance(aheadMs);
    read(index);
  }
  await bench.clock.run(2000, 500);
  const summary = await recorder.stop('leave', 'test');
  const sidecars = readSidecars(bench.fs, bench.spec.folder);
  assert.deepEqual(
    sidecars.flatMap((sidecar) => auditSegment(bench.fs, bench.spec.folder, sidecar)),
    [],
  );
  const packets = sidecars.flatMap((sidecar) => segmentPackets(bench.fs, bench.spec.folder, sidecar));
  return { summary, numbers: packets.flatMap(({ data }) => packetIndex(data) ?? []) };
};

/** 0 to 99, with 30 overtaken by the two behind it. */
const overtaken = Array.from({ length: 100 }, (_, index) => index);
overtaken.splice(30, 3, 31, 32, 30);

for (const [name, stallAt] of [
  ['before it is read', 32],
  ['between the two that overtook it', 31],
] as const) {
  for (const tickFirst of [true, false]) {
    test(`a packet that came in time is kept when the loop stands still ${name}, ${tickFirst ? 'a tick' : 'the socket'} first`, async () => {
      const { summary, numbers } = await recorded(overtaken, stallAt, 450, tickFirst);
      assert.deepEqual([summary.written, summary.lost, summary.dropped], [100, 0, {}]);
      assert.deepEqual(
        numbers,
        Array.from({ length: 100 }, (_, index) => index),
      );
    });
  }
}

test('what never comes is given up after a stall as well', async () => {
  const { summary, numbers } = await recorded(
    overtaken.filter((index) => index !== 30),
    31,
    450,
    true,
  );
  assert.deepEqual([summary.written, summary.lost], [99, 1]);
  assert.equal(numbers.includes(30), false);
});
