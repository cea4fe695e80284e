import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { muxCliPath, type SegmentSidecar, segmentSidecarSchema } from '@parley/mux';
import { writeLongRecording } from '@parley/mux/testing';
import { type Bench, cpuSeconds, type Figure } from './bench.ts';

interface Run {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** The largest resident set of the process and its ffmpeg together, in megabytes; sampled. */
  readonly peakMegabytes: number;
}

const kilobytesOf = (pid: number): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + kilobytesOf(Number(child)), own);
  } catch {
    return 0;
  }
};

const measure = async (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> => {
  const cpuBefore = cpuSeconds();
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = `${words}${chunk.toString()}`.slice(-2000);
  });
  let peak = 0;
  const sampler = setInterval(() => {
    peak = Math.max(peak, kilobytesOf(child.pid ?? 0));
  }, 50);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(sampler);
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}: ${words}`);
  return {
    wallSeconds: (performance.now() - start) / 1000,
    cpuSeconds: cpuSeconds() - cpuBefore,
    peakMegabytes: peak / 1000,
  };
};

const sidecars = (folder: string): { file: string; sidecar: SegmentSidecar }[] =>
  readdirSync(join(folder, 'segments'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      file: join(folder, 'segments', name.replace(/json$/, 'ogg')),
      sidecar: segmentSidecarSchema.parse(JSON.parse(readFileSync(join(folder, 'segments', name), 'utf8'))),
    }));

/** The design everybody starts with: one ffmpeg input and one delay per segment. */
const naive = (folder: string): readonly string[] => {
  const inputs = sidecars(folder);
  const delays = inputs.map(
    ({ sidecar }, index) => `[${index}]adelay=${Math.round(sidecar.startSample / 48)}:all=1[d${index}]`,
  );
  const labels = inputs.map((_, index) => `[d${index}]`).join('');
  const graph = `${delays.join(';')};${labels}amix=inputs=${inputs.length}:normalize=0[mix]`;
  const files = inputs.flatMap(({ file }) => ['-i', file]);
  return [
    '-v',
    'error',
    '-nostdin',
    '-y',
    ...files,
    '-filter_complex',
    graph,
    '-map',
    '[mix]',
    '-c:a',
    'libopus',
    '-b:a',
    '96k',
    join(folder, 'naive.ogg'),
  ];
};

const inFolder = async <T>(job: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-mux-'));
  try {
    return await job(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const dataFolder = async (): Promise<{ path: string } & AsyncDisposable> => {
  const path = await mkdtemp(join(tmpdir(), 'parley-bench-data-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
};

const timesRealtime = (seconds: number, run: Run): number => seconds / run.cpuSeconds;

/** `parley-mux` on an hour of six people, by number of segments, beside one ffmpeg input per segment. */
export const mux: Bench = {
  name: 'mux',
  says: 'parley-mux, times real time by CPU seconds (tracks, mix, loudness, session.json)',
  async run({ sanity }) {
    const seconds = sanity ? 60 : 3600;
    await using data = await dataFolder();
    // As the bot starts it: with a data folder, whose compile cache the first job fills.
    const asTheBot = (folder: string) =>
      measure(process.execPath, [muxCliPath, folder], { PARLEY_DATA_DIR: data.path });
    await inFolder(async (folder) => {
      writeLongRecording(folder, { seconds: 5, segments: 5, speechSeconds: 5 });
      await asTheBot(folder);
    });
    const figures: Figure[] = [];
    const speeds: number[] = [];
    for (const segments of sanity ? [20] : [10, 1000, 5000]) {
      const run = await inFolder(async (folder) => {
        writeLongRecording(folder, { seconds, segments, speechSeconds: seconds * 1.4 });
        return await asTheBot(folder);
      });
      const value = timesRealtime(seconds, run);
      speeds.push(value);
      const name = `${seconds / 60} min, 6 people, ${segments} segments`;
      figures.push({ name, value, unit: '× CPU', budget: { text: '≥ 60 ×', ok: value >= 60 } });
      figures.push({ name: '  wall', value: run.wallSeconds, unit: 's' });
      figures.push({
        name: '  memory',
        value: run.peakMegabytes,
        unit: 'MB',
        budget: { text: '≤ 120 MB', ok: run.peakMegabytes <= 120 },
      });
    }
    const middle = speeds[1];
    if (middle !== undefined) {
      const off = Math.max(...speeds.map((speed) => Math.abs(speed / middle - 1)));
      figures.push({
        name: 'spread by number of segments',
        value: off * 100,
        unit: '%',
        budget: { text: '± 15 %', ok: off <= 0.15 },
      });
    }
    const reference = await inFolder(async (folder) => {
      const short = sanity ? 60 : 600;
      writeLongRecording(folder, { seconds: short, segments: 100, speechSeconds: short * 1.4 });
      const ours = await asTheBot(folder);
      const theirs = await measure('ffmpeg', naive(folder));
      return { ours: timesRealtime(short, ours), theirs: timesRealtime(short, theirs) };
    });
    figures.push({
      name: '100 segments, beside one input per segment',
      value: reference.ours,
      unit: '× CPU',
      reference: { name: 'naive', value: reference.theirs },
    });
    return figures;
  },
};
