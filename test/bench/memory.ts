import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { voxprocNodeOptions } from '../../packages/bot/src/vox/child-handle.ts';
import { VoxprocRig } from '../e2e/voxproc-rig.ts';
import { type Bench, type Figure, median } from './bench.ts';
import type { SizeLine } from './memory/child-lines.ts';
import { runCompressed } from './memory/run-compressed.ts';

const SPEED = 40;
const IDLE_MS = 3000;

/** Megabytes of a real voxproc that has joined an encrypted call of a simulated Discord and hears nobody. */
const idleMegabytes = async (): Promise<number> => {
  await using rig = await VoxprocRig.start({ hearing: false }, voxprocNodeOptions);
  for (const name of ['ada', 'ben']) await rig.person(name).join(rig.table);
  await rig.join();
  await rig.inCall();
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const status = readFileSync(`/proc/${rig.child.process.pid}/status`, 'utf8');
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN);
  await rig.leave();
  return (kilobytes * 1024) / 1e6;
};

/** A folder for compiled code, as the bot gives its children one; the first start of each fills it. */
const compileCache = async (): Promise<AsyncDisposable> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-cache-'));
  const before = process.env.NODE_COMPILE_CACHE;
  process.env.NODE_COMPILE_CACHE = folder;
  return {
    [Symbol.asyncDispose]: async () => {
      if (before === undefined) delete process.env.NODE_COMPILE_CACHE;
      else process.env.NODE_COMPILE_CACHE = before;
      await rm(folder, { recursive: true });
    },
  };
};

const between = (sizes: readonly SizeLine[], from: number, to: number): number => {
  const within = sizes.filter(({ minutes }) => minutes > from && minutes <= to);
  return median(within.map(({ rssMegabytes }) => rssMegabytes)).value;
};

/** The size of a voxproc: joined and idle, and over hours with twenty-five people. */
export const memory: Bench = {
  name: 'memory',
  says: `voxproc, resident megabytes; hours at ${SPEED} times real time, encrypted datagrams over UDP to files`,
  async run({ sanity }) {
    await using _ = await compileCache();
    await idleMegabytes();
    const idle = await idleMegabytes();
    const minutes = sanity ? 3 : 360;
    await runCompressed({ people: 2, minutes: 1, speed: SPEED });
    const { emptyMegabytes, sizes, sent, summary } = await runCompressed({ people: 25, minutes, speed: SPEED });
    // What the process at speed lacks: the voice gateway, its encryption, the link to the supervisor.
    const lacking = Math.max(0, idle - emptyMegabytes);
    const most = lacking + Math.max(...sizes.map(({ rssMegabytes }) => rssMegabytes));
    const third = Math.floor(minutes / 3);
    const [early, late] = [between(sizes, sanity ? 0 : 30, third), between(sizes, minutes - third, minutes)];
    const growth = (late / early - 1) * 100;
    const { received, written, dropped } = summary;
    const accounted = written + Object.values(dropped).reduce((sum, count) => sum + count, 0);
    const figures: Figure[] = [
      { name: 'joined and idle', value: idle, unit: 'MB', budget: { text: '≤ 100 MB', ok: idle <= 100 } },
      {
        name: `25 people, ${minutes / 60} h, largest`,
        value: most,
        unit: 'MB',
        budget: { text: '≤ 120 MB', ok: most <= 120 },
      },
      {
        name: '  growth, last third against the first',
        value: growth,
        unit: '%',
        budget: { text: '< 5 %', ok: growth < 5 },
      },
      { name: '  of it what the process at speed lacks of a voxproc', value: lacking, unit: 'MB' },
      { name: '  packets received', value: received, unit: '' },
      { name: '  segments', value: summary.segments, unit: '' },
      {
        name: '  received and not accounted for',
        value: received - accounted,
        unit: '',
        budget: { text: 'none', ok: received === accounted },
      },
      { name: '  sent, and never handed over by the kernel', value: sent - received - summary.unattributed, unit: '' },
    ];
    return figures;
  },
};
