import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropReasons, type SegmentSidecar } from '@parley/mux';
import fc from 'fast-check';
import { auditSegment } from '../testing/audit.ts';
import { type FrameMs, mergePackets, packetsOf, type SentPacket, type SpeakerModel } from '../testing/packet-stream.ts';
import { deliver, makeBench, ORIGIN_US, person, readJournal, readSidecars, type Step } from '../testing/simulate.ts';

const people = ['100000000000000001', '100000000000000002', '100000000000000003'] as const;

const network = fc.record({
  delayMs: fc.integer({ min: 0, max: 80 }),
  jitterMs: fc.constantFrom(0, 2, 15, 60),
  loss: fc.constantFrom(0, 0.005, 0.02, 0.05, 0.3),
  burst: fc.constantFrom(1, 3, 8),
  duplicate: fc.constantFrom(0, 0.02, 0.3),
  reorder: fc.constantFrom(0, 0.02, 0.2),
});

const frames = fc.constantFrom<FrameMs[]>([20], [2.5], [5, 10], [40], [60], [20, 10, 60], [20, 60, 2.5]);

const model = (index: number): fc.Arbitrary<SpeakerModel> =>
  fc.record({
    userId: fc.constant(people[index] as string),
    ssrc: fc.constant(index + 1),
    seed: fc.nat(),
    startUs: fc.integer({ min: ORIGIN_US, max: ORIGIN_US + 2_000_000 }),
    durationMs: fc.constant(8000),
    network,
    ppm: fc.integer({ min: -80, max: 80 }),
    frames,
    stereo: fc.boolean(),
    speechMs: fc.constantFrom<[number, number]>([40, 400], [500, 3000]),
    pauseMs: fc.constantFrom<[number, number]>([20, 300], [500, 2500]),
    frozenRtp: fc.boolean(),
    firstSequence: fc.constantFrom(0, 65_500),
    firstTimestamp: fc.constantFrom(0, 2 ** 32 - 96_000),
    timestampJump: fc.constantFrom(null, { atMs: 4000, samples: 1_440_000 }, { atMs: 4000, samples: -48_000 * 3 }),
    ssrcEveryMs: fc.constantFrom(null, null, 2500),
    bytes: fc.constant<[number, number]>([40, 100]),
  });

/** What an owner may do in between, and what a disk may: `atMs` after sample 0. */
const deed = fc.record({
  atMs: fc.integer({ min: 200, max: 9000 }),
  what: fc.constantFrom('pause', 'resume', 'exclude', 'include', 'server', 'full', 'fail packet'),
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const received = (sidecars: readonly SegmentSidecar[]) => sum(sidecars.map(({ packets }) => packets.received));

test('every packet that was received is accounted for exactly, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(model(0), model(1), model(2)),
      fc.array(deed, { maxLength: 8 }),
      async (models, deeds) => {
        const bench = makeBench();
        await using recorder = bench.recorder;
        for (const userId of people) recorder.setRoster(person(userId));
        await recorder.start(bench.spec);
        const packets: SentPacket[] = mergePackets(models.map(packetsOf));
        const [first] = people;
        let excluded = 0;
        let failures = 0;
        const acts: Record<(typeof deeds)[number]['what'], () => unknown> = {
          pause: () => recorder.pause('paused').catch(() => undefined),
          resume: () => recorder.resume().catch(() => undefined),
          exclude: () => recorder.exclude(first),
          include: () => recorder.include(first),
          server: () => recorder.serverChanged(),
          full: () => {
            bench.fs.capacityBytes = bench.fs.usedBytes + 5000;
          },
          'fail packet': () => {
            const arrivalUs = bench.clock.monotonicUs();
            const [, second] = people;
            const header = { userId: second, ssrc: 2, sequence: failures * 7, timestamp: failures * 960, arrivalUs };
            recorder.dropped({ ...header, reason: 'undecryptable' });
            failures += 1;
          },
        };
        const steps: Step[] = deeds.map(({ atMs, what }) => ({ atUs: ORIGIN_US + atMs * 1000, act: acts[what] }));
        await deliver(bench, packets, steps);
        await bench.clock.run(400, 100);
        const ended = bench.events.find((event) => event.type === 'ended');
        const summary = ended?.summary ?? (await recorder.stop('leave', 'asked'));
        const sidecars = readSidecars(bench.fs, bench.spec.folder);
        const closed = sidecars.filter(({ status }) => status === 'closed');

        assert.deepEqual(
          closed.flatMap((sidecar) => auditSegment(bench.fs, bench.spec.folder, sidecar)),
          [],
        );
        assert.equal(summary.received, summary.written + sum(Object.values(summary.dropped)));
        const failed = bench.events.some((event) => event.type === 'warning' && event.code === 'disk_failed');
        if (ended !== undefined || failed) return;

        const line = readJournal(bench.fs, bench.spec.folder).find(({ type }) => type === 'receive_summary');
        assert.ok(line?.type === 'receive_summary');
        excluded = line.optedOut;
        assert.equal(closed.length, sidecars.length);
        assert.equal(summary.received + excluded, packets.length + failures, 'received is what was delivered');
        assert.equal(received(closed) + line.received, summary.received);
        assert.equal(sum(closed.map((sidecar) => sidecar.packets.written)), summary.written);
        assert.equal(sum(closed.map((sidecar) => sidecar.packets.lost)) + line.lost, summary.lost);
        assert.equal(line.received, sum(Object.values(line.dropped)));
        for (const reason of dropReasons) {
          const inSegments = sum(closed.map((sidecar) => sidecar.packets.dropped[reason] ?? 0));
          assert.equal(inSegments + (line.dropped[reason] ?? 0), summary.dropped[reason] ?? 0, reason);
        }
      },
    ),
    { numRuns: 40 },
  );
});
