import { CaptureRig, EchoCorrelator, Resampler, tonePackets20 } from '@parley/voxproc/testing';
import { type Bench, median } from './bench.ts';
import { cpuMicroseconds } from './receive/traffic.ts';

const PEOPLE = 10;
const RATE = 24_000;
/** From the packet to the audio that is handed on, milliseconds. */
const BUDGET_MS = 10;

interface Run {
  /** CPU of one packet, microseconds. */
  readonly cpuUs: number;
  /** From handing in a packet to its audio handed on, milliseconds, ascending. */
  readonly latencies: readonly number[];
}

/** Ten people who speak for `seconds`, captured or only listened to. */
const run = (seconds: number, captured: boolean): Run => {
  using rig = new CaptureRig();
  const packets = tonePackets20(440, 50);
  const talkers = Array.from({ length: PEOPLE }, (_, index) =>
    rig.talker(`1000000000000000${10 + index}`, { ssrc: 1 + index }),
  );
  if (captured) {
    for (const { userId } of talkers) rig.start(userId, { sampleRate: RATE, preRollMs: 0, maxMs: 120_000 });
  }
  const latencies: number[] = [];
  const before = cpuMicroseconds();
  for (let frame = 0; frame < seconds * 50; frame += 1) {
    for (const talker of talkers) {
      const handedIn = performance.now();
      talker.send(packets[frame % 50] as Uint8Array);
      latencies.push(performance.now() - handedIn);
    }
    rig.clock.advance(20);
  }
  const cpuUs = (cpuMicroseconds() - before) / (seconds * 50 * PEOPLE);
  return { cpuUs, latencies: latencies.sort((a, b) => a - b) };
};

/** CPU of one call of `job`, microseconds. */
const cpuOf = (calls: number, job: () => void): number => {
  const before = cpuMicroseconds();
  for (let call = 0; call < calls; call += 1) job();
  return (cpuMicroseconds() - before) / calls;
};

/** What hearing for the agent costs, and how soon it is heard. */
export const captures: Bench = {
  name: 'captures',
  says: `hearing ${PEOPLE} people for the agent, CPU of a 20 ms packet`,
  async run({ sanity }) {
    const seconds = sanity ? 2 : 20;
    const repeat = (job: () => number) => {
      job();
      return median(Array.from({ length: sanity ? 1 : 7 }, job));
    };
    const p99s: number[] = [];
    const whole = repeat(() => {
      const { cpuUs, latencies } = run(seconds, true);
      p99s.push(latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN);
      return cpuUs;
    });
    const p99 = median(p99s);
    const calls = sanity ? 50 : 2_000;
    const resampling = (from: number, to: number) => {
      const resampler = new Resampler({ from, to });
      const frame = new Float32Array(from / 50).fill(0.1);
      return repeat(() => cpuOf(calls, () => resampler.push(frame)));
    };
    const correlator = new EchoCorrelator();
    const sweep = (samples: number) =>
      Float32Array.from({ length: samples }, (_, index) => Math.sin(index * index * 1e-4) / 4);
    const [heard, played] = [sweep(4_096), sweep(4_096 + 8_192)];
    const echo = () => cpuOf(sanity ? 5 : 50, () => correlator.correlation(heard, played));
    return [
      { name: `captured at ${RATE} Hz, decoded and resampled`, unit: 'µs', ...whole },
      {
        name: '  packet handed in to audio handed on, p99',
        unit: 'ms',
        ...p99,
        budget: { text: `≤ ${BUDGET_MS} ms`, ok: p99.value <= BUDGET_MS },
      },
      { name: '  listened to, no capture open', unit: 'µs', ...repeat(() => run(seconds, false).cpuUs) },
      { name: '  resampler, 48 to 24 kHz', unit: 'µs', ...resampling(48_000, 24_000) },
      { name: '  resampler, 24 to 48 kHz', unit: 'µs', ...resampling(24_000, 48_000) },
      { name: '  looking for the bot’s voice, once in 100 ms', unit: 'µs', ...repeat(echo) },
    ];
  },
};
