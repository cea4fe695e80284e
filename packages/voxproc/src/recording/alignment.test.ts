import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { auditSegment, misalignment, placesOf, quantile } from '../testing/audit.ts';
import {
  mergePackets,
  type Network,
  packetsOf,
  perfectNetwork,
  plainSpeaker,
  type SpeakerModel,
  type Stall,
} from '../testing/packet-stream.ts';
import { ORIGIN_US, recordAll } from '../testing/simulate.ts';

const MINUTES = 5;
/** A frame is heard when it is complete: its length adds to the delay of every packet alike. */
const FRAME_DELAY_MS = 20;

interface Scenario {
  readonly network: Network;
  readonly ppm: readonly [number, number];
  readonly model?: Partial<SpeakerModel>;
  /** Length of a stall of the event loop every 7.3 s, in milliseconds. */
  readonly stallMs?: number;
  /** Largest 95th percentile of the difference between two people in milliseconds; 5 by default. */
  readonly p95Ms?: number;
}

const network = (change: Partial<Network> = {}): Network => ({
  ...perfectNetwork,
  delayMs: 30,
  jitterMs: 4,
  ...change,
});

const scenarios: Record<string, Scenario> = {
  'no loss, no jitter': { network: network({ jitterMs: 0 }), ppm: [0, 0] },
  'no loss, jitter': { network: network(), ppm: [30, -30] },
  'loss 0.5 %': { network: network({ loss: 0.005 }), ppm: [30, -50], stallMs: 150 },
  'loss 2 % in bursts of 3': { network: network({ loss: 0.02, burst: 3 }), ppm: [50, -50], stallMs: 150 },
  'loss 5 % in bursts of 5, jitter 10 ms': {
    network: network({ loss: 0.05, burst: 5, jitterMs: 10 }),
    ppm: [80, -80],
    stallMs: 150,
  },
  'reordering and duplicates 2 %': { network: network({ reorder: 0.02, duplicate: 0.02 }), ppm: [80, -80] },
  'clocks ±80 ppm': { network: network(), ppm: [80, -80], p95Ms: 4 },
  'stalls of 600 ms': { network: network({ loss: 0.005 }), ppm: [20, -20], stallMs: 600 },
  'sequence and timestamp wrap': {
    network: network({ loss: 0.02 }),
    ppm: [80, -80],
    model: { firstSequence: 65_000, firstTimestamp: 2 ** 32 - 100 * 48_000 },
  },
  'frames of 2.5 ms': { network: network({ loss: 0.02 }), ppm: [80, -80], model: { frames: [2.5] } },
  'frames of 60 ms': { network: network({ loss: 0.02 }), ppm: [80, -80], model: { frames: [60], stereo: false } },
  'frames of 20, 10, 60, 40, 5 ms': {
    network: network({ loss: 0.02 }),
    ppm: [80, -80],
    model: { frames: [20, 10, 60, 40, 5] },
  },
  // Within one spurt a clock can only be followed in pauses (beyond 5 ms) and by new parts (from 10 ms on): what is left here is what
  // the mux solves with the points of the whole session.
  'clocks ±80 ppm, spurts of a minute': {
    network: network(),
    ppm: [80, -80],
    model: { speechMs: [4000, 60_000], pauseMs: [150, 400] },
    p95Ms: 20,
  },
  'clocks ±80 ppm, speech without pauses': {
    network: network(),
    ppm: [80, -80],
    model: { speechMs: [400_000, 600_000] },
    p95Ms: 20,
  },
};

const table: string[] = [];

for (const [name, { network, ppm, model = {}, stallMs = 0, p95Ms = 5 }] of Object.entries(scenarios)) {
  test(`two people stay together: ${name}`, async () => {
    const speaker = (index: 0 | 1) =>
      packetsOf({
        ...plainSpeaker,
        userId: `10000000000000000${index}`,
        ssrc: index + 1,
        seed: 77 + index,
        startUs: ORIGIN_US + 100_000 + index * 7777,
        durationMs: MINUTES * 60_000,
        ppm: ppm[index],
        network: { ...network, delayMs: network.delayMs + index * 25 },
        ...model,
      });
    const [a, b] = [speaker(0), speaker(1)];
    const stalls: Stall[] = [];
    if (stallMs > 0) {
      for (let us = ORIGIN_US + 3e6; us < ORIGIN_US + MINUTES * 6e7; us += 7.3e6)
        stalls.push([us, us + stallMs * 1000]);
    }
    const packets = mergePackets([a, b], stalls);
    const { fs, folder, sidecars, summary } = await recordAll(packets);

    assert.deepEqual(
      sidecars.flatMap((sidecar) => auditSegment(fs, folder, sidecar)),
      [],
    );
    assert.equal(summary.received, packets.length);
    // A frame is complete only at its end: the shortest frame of the mix has the least delay, and the envelope follows that one.
    const frameMs = Math.min(...(model.frames ?? [FRAME_DELAY_MS]));
    const delays = [network.delayMs + frameMs, network.delayMs + 25 + frameMs] as const;
    const differences = misalignment(placesOf(fs, folder, sidecars, a), placesOf(fs, folder, sidecars, b), delays);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(differences, share)) as [number, number, number];
    const max = quantile(differences, 1);
    table.push(
      `${name.padEnd(40)} ${String(differences.length).padStart(7)} ${[p50, p95, p99, max].map((ms) => ms.toFixed(2).padStart(7)).join(' ')}`,
    );
    assert.ok(p95 <= p95Ms, `p95 ${p95} ms`);
    assert.ok(max <= 20, `max ${max} ms`);
  });
}

test('after RTP stood still in a pause, or jumped, nobody is off by more than 200 ms for longer than 0.25 s', async () => {
  for (const model of [{ frozenRtp: true }, { timestampJump: { atMs: 60_000, samples: 30 * 48_000 } }]) {
    const sent = packetsOf({
      ...plainSpeaker,
      ...{ userId: '100000000000000001', ssrc: 1, seed: 5, startUs: ORIGIN_US, durationMs: MINUTES * 60_000 },
      network: network({ loss: 0.005 }),
      ...model,
    });
    const { fs, folder, sidecars } = await recordAll(mergePackets([sent]));
    let offSince: number | null = null;
    let longest = 0;
    for (const { spokenUs, error } of placesOf(fs, folder, sidecars, sent)) {
      const isOff = Math.abs(error / 48 - 50) > 200;
      if (!isOff) offSince = null;
      else offSince ??= spokenUs;
      if (offSince !== null) longest = Math.max(longest, spokenUs - offSince);
    }
    assert.ok(longest <= 250_000, `${longest} µs`);
  }
});

after(() => {
  const head = `${'alignment of two people, ms'.padEnd(40)} ${'packets'.padStart(7)} ${['p50', 'p95', 'p99', 'max'].map((word) => word.padStart(7)).join(' ')}`;
  process.stdout.write(`${[head, ...table].map((line) => `# ${line}`).join('\n')}\n`);
});
