import { join } from 'node:path';
import { converse } from './agent/conversation.ts';
import { crowd } from './agent/crowd.ts';
import { inOneProcess } from './agent/in-one-process.ts';
import { percentile } from './agent/percentile.ts';
import { type Bench, type Figure, machineLoad } from './bench.ts';

const blocker = join(import.meta.dirname, 'agent', 'block-the-loop.ts');

/** A whole bot with a simulated model that answers at once; what remains is our own share. In real time. */
export const agent: Bench = {
  name: 'agent',
  says: 'the agent’s own share of an answer, its cut-offs, and sessions that all speak at once, also with a busy supervisor',
  async run({ sanity }) {
    const isQuiet = machineLoad() < 0.5;
    const judged = (value: number, limit: number, text: string) =>
      isQuiet ? { budget: { text, ok: value <= limit } } : {};
    const { rounds, toPacketMs, ownShareMs } = await converse(sanity ? 2 : 20);
    const toSocket = percentile(
      rounds.map(({ toSocketMs }) => toSocketMs),
      0.99,
    );
    const toPacket = percentile(toPacketMs, 0.99);
    const truncation = Math.max(...rounds.map(({ truncationMs }) => Math.abs(truncationMs)));
    const figures: Figure[] = [
      { name: 'gate open to the model’s socket, p99', unit: 'ms', value: toSocket, ...judged(toSocket, 10, '≤ 10 ms') },
      {
        name: 'model’s audio to the first packet, p99',
        unit: 'ms',
        value: toPacket,
        ...judged(toPacket, 85, '≤ 60 + 25 ms'),
      },
      { name: 'truncation error, worst', unit: 'ms', value: truncation, ...judged(truncation, 40, '≤ 40 ms') },
      { name: 'voice to voice, our own share, p50', unit: 'ms', value: percentile(ownShareMs, 0.5) },
      { name: 'voice to voice, our own share, p99', unit: 'ms', value: percentile(ownShareMs, 0.99) },
    ];
    const [sessions, seconds] = sanity ? [2, 7] : [20, 20];
    const free = await crowd(sessions, seconds, null);
    const busy = await crowd(sanity ? 1 : 4, seconds, blocker);
    const together = await inOneProcess(sanity ? 2 : 10);
    return [
      ...figures,
      {
        name: `${sessions} bots speaking: lateness p99, worst`,
        unit: 'ms',
        value: free.latenessP99Ms,
        ...judged(free.latenessP99Ms, 5, '< 5 ms'),
      },
      { name: `${sessions} bots speaking: heard of it, worst`, unit: '%', value: free.heardShare * 100 },
      { name: `${sessions} bots speaking: underruns`, unit: '', value: free.underruns },
      { name: `${sessions} bots speaking: CPU`, unit: 'cores', value: free.cpuPerSecond },
      {
        name: 'supervisor blocked 60 of 250 ms: lateness p99',
        unit: 'ms',
        value: busy.latenessP99Ms,
        reference: { name: 'in one process', value: together },
      },
    ];
  },
};
