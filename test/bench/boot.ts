import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acceptHello, Channel } from '@parley/protocol';
import { voxprocNodeOptions } from '../../packages/bot/src/vox/child-handle.ts';
import { type Bench, median } from './bench.ts';

const entry = fileURLToPath(import.meta.resolve('@parley/voxproc'));
const tsx = join(import.meta.dirname, '..', '..', 'node_modules', 'tsx', 'dist', 'loader.mjs');

/** Milliseconds from spawn to the child's hello. */
const bootMs = async (nodeOptions: readonly string[], compileCache: string): Promise<number> => {
  const start = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, entry], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const channel = new Channel({ side: 'supervisor', readable: child.stdout, writable: child.stdin });
  await acceptHello(channel, { logLevel: 'silent' });
  const took = performance.now() - start;
  await channel.end();
  await exited;
  return took;
};

const bareMs = async (): Promise<number> => {
  const start = performance.now();
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  return performance.now() - start;
};

const repeat = async (times: number, job: () => Promise<number>) => {
  const values: number[] = [];
  for (let run = 0; run < times; run += 1) values.push(await job());
  return median(values);
};

/** How long a voxproc takes from spawn to hello, beside the same sources through tsx and beside an empty Node. */
export const boot: Bench = {
  name: 'boot',
  says: 'voxproc from spawn to hello',
  async run({ sanity }) {
    const runs = sanity ? 1 : 9;
    const folder = await mkdtemp(join(tmpdir(), 'parley-bench-boot-'));
    try {
      const warm = join(folder, 'warm');
      await bootMs(voxprocNodeOptions, warm);
      const ours = await repeat(runs, () => bootMs(voxprocNodeOptions, warm));
      const cold = await repeat(runs, () => bootMs(voxprocNodeOptions, ''));
      const throughTsx = await repeat(runs, () => bootMs(['--import', tsx], ''));
      const bare = await repeat(runs, bareMs);
      return [
        {
          name: 'spawn to hello, as the bot does it',
          unit: 'ms',
          ...ours,
          reference: { name: 'through tsx', value: throughTsx.value },
        },
        { name: 'the first time (no compile cache)', unit: 'ms', ...cold },
        { name: 'an empty Node', unit: 'ms', ...bare },
      ];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
