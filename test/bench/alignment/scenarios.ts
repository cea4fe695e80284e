import { type Network, perfectNetwork } from '@parley/voxproc/testing';
import type { Scenario } from './scenario.ts';

const network = (change: Partial<Network> = {}): Network => ({
  ...perfectNetwork,
  delayMs: 30,
  jitterMs: 4,
  ...change,
});

/** Loss in bursts, as it comes. */
const losses: readonly Partial<Network>[] = [
  { loss: 0 },
  { loss: 0.005 },
  { loss: 0.02, burst: 3 },
  { loss: 0.05, burst: 5 },
];

const opposed = [80, -80] as const;
const alike = [0, 0] as const;

/** Everything that a network, a clock and a machine do, each with each: 96 scenarios. */
export const crossed = (minutes: number): Scenario[] => {
  const scenarios: Scenario[] = [];
  for (const lost of losses) {
    for (const jitterMs of [0, 10, 40]) {
      for (const reorder of [0, 0.02]) {
        for (const ppm of [alike, opposed]) {
          for (const stallMs of [0, 400]) {
            const parts = [
              `loss ${(lost.loss ?? 0) * 100} %`,
              `jitter ${jitterMs} ms`,
              ...(reorder > 0 ? [`reordering ${reorder * 100} %`] : []),
              ...(ppm === opposed ? ['±80 ppm'] : []),
              ...(stallMs > 0 ? [`stalls ${stallMs} ms`] : []),
            ];
            scenarios.push({
              name: parts.join(', '),
              network: network({ ...lost, jitterMs, reorder }),
              ...{ minutes, ppm, stallMs },
            });
          }
        }
      }
    }
  }
  return scenarios;
};

const lossy = network({ loss: 0.02, burst: 3, jitterMs: 10 });

/** What befalls a sender, each on a lossy network with clocks apart. */
export const special = (minutes: number): Scenario[] => {
  const base = { minutes, network: lossy, ppm: opposed };
  return [
    {
      ...base,
      name: 'sequence and timestamp wrap',
      model: { firstSequence: 65_000, firstTimestamp: 2 ** 32 - 4_800_000 },
    },
    { ...base, name: 'another SSRC every 45 s', model: { ssrcEveryMs: 45_000 } },
    { ...base, name: 'RTP stands still in pauses', model: { frozenRtp: true } },
    {
      ...base,
      name: 'RTP stands still in short pauses',
      model: { frozenRtp: true, pauseMs: [120, 190] },
    },
    {
      ...base,
      name: 'RTP skips 30 s ahead each minute',
      model: { timestampJump: { atMs: 40_000, samples: 1_440_000, everyMs: 60_000 } },
    },
    {
      ...base,
      name: 'RTP skips 0.3 s ahead each minute',
      model: { timestampJump: { atMs: 40_000, samples: 14_400, everyMs: 60_000 } },
    },
    {
      ...base,
      name: 'RTP falls 0.3 s back each minute',
      model: { timestampJump: { atMs: 40_000, samples: -14_400, everyMs: 60_000 } },
    },
    {
      ...base,
      name: 'RTP falls 0.1 s back each minute',
      model: { timestampJump: { atMs: 40_000, samples: -4800, everyMs: 60_000 } },
    },
    // One that lasts to the end of the recording could not be told from a step of the sender's clock.
    ...[60, 150, 400].map((lateMs) => ({
      ...base,
      name: `a queue of ${lateMs} ms for 10 s each minute`,
      network: { ...lossy, queue: { everyMs: 60_000, forMs: 10_000, lateMs } },
    })),
    { ...base, name: 'frames of 2.5 ms', model: { frames: [2.5] } },
    { ...base, name: 'frames of 60 ms', model: { frames: [60], stereo: false } },
    { ...base, name: 'frames of 20, 10, 60, 40, 5 ms', model: { frames: [20, 10, 60, 40, 5] } },
    { ...base, name: 'duplicates 5 %', network: { ...lossy, duplicate: 0.05 } },
    { ...base, name: 'spurts of up to a minute', model: { speechMs: [4000, 60_000], pauseMs: [150, 400] } },
    { ...base, name: 'speech without pauses', model: { speechMs: [400_000, 600_000] } },
    { ...base, name: 'speech without pauses, ±15 ppm', ppm: [15, -15], model: { speechMs: [400_000, 600_000] } },
    { ...base, name: 'a word a minute', model: { speechMs: [300, 900], pauseMs: [40_000, 80_000] } },
  ];
};

/** The same for hours, compressed. */
export const long = (hours: readonly number[]): Scenario[] =>
  hours.map((h) => ({
    name: `${h} h, loss 2 %, jitter 10 ms, ±80 ppm, stalls 400 ms`,
    minutes: h * 60,
    network: lossy,
    ppm: opposed,
    stallMs: 400,
  }));
