import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { muxCliPath, muxRecording, type SegmentSidecar, segmentSidecarSchema } from '@parley/mux';
import { SpliceEngine, writeLongRecording } from '@parley/mux/testing';
import { type Bench, cpuSeconds, type Figure } from './bench.ts';

interface Run {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** CPU seconds of the process alone, without its children; sampled, and so up to 0.1 s too little. */
  readonly ownCpuSeconds: number;
  /**
   * The most memory of the process and its children together, in megabytes; sampled. Pages they share, the program above all, count
   * once (proportional set size).
   */
  readonly peakMegabytes: number;
}

const kilobytesOf = (pid: number): number => {
  try {
    const smaps = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const own = Number(/^Pss:\s+(\d+)/m.exec(smaps)?.[1] ?? 0);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + kilobytesOf(Number(child)), own);
  } catch {
    return 0;
  }
};

/** CPU seconds of a process so far, its children left out; 0 when it is gone. proc(5): utime and stime in ticks of 10 ms. */
const cpuOf = (pid: number): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
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
  let own = 0;
  const sampler = setInterval(() => {
    own = Math.max(own, cpuOf(child.pid ?? 0));
    peak = Math.max(peak, kilobytesOf(child.pid ?? 0));
  }, 100);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(sampler);
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}: ${words}`);
  return {
    wallSeconds: (performance.now() - start) / 1000,
    cpuSeconds: cpuSeconds() - cpuBefore,
    ownCpuSeconds: own,
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

interface Recording {
  readonly seconds: number;
  readonly segments: number;
  /** Speech of all people together, by default 1.4 times the length: somebody always speaks, and often two. */
  readonly speechSeconds?: number;
}

/** `parley-mux` on recordings as the bot starts it: with a data folder, whose compile cache the first job fills. */
class MuxRuns {
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Runs each list of arguments on the same new recording. */
  async on(
    { seconds, segments, speechSeconds = seconds * 1.4 }: Recording,
    ...runs: readonly (readonly string[])[]
  ): Promise<Run[]> {
    return await inFolder(async (folder) => {
      writeLongRecording(folder, { seconds, segments, speechSeconds });
      const results: Run[] = [];
      for (const args of runs) {
        results.push(
          await measure(process.execPath, [muxCliPath, folder, ...args], { PARLEY_DATA_DIR: this.#dataDir }),
        );
      }
      return results;
    });
  }
}

const memory = (run: Run, budget?: number): Figure => ({
  ...{ name: '  memory', value: run.peakMegabytes, unit: 'MB' },
  ...(budget !== undefined && { budget: { text: `≤ ${budget} MB`, ok: run.peakMegabytes <= budget } }),
});

const oneProcess = ['--engine', 'sparse', '--jobs', '1'];
const twoProcesses = ['--engine', 'sparse', '--jobs', '2'];
const byFfmpeg = ['--engine', 'ffmpeg'];

/** The sparse mix in one process by number of segments: it must not matter. */
const bySegments = async (runs: MuxRuns, seconds: number, counts: readonly number[]): Promise<Figure[]> => {
  const figures: Figure[] = [];
  const speeds: number[] = [];
  for (const segments of counts) {
    const [run] = (await runs.on({ seconds, segments }, oneProcess)) as [Run];
    const value = timesRealtime(seconds, run);
    speeds.push(value);
    const name = `sparse, ${seconds / 60} min, 6 people, ${segments} segments`;
    // A minute is mostly the start of the process: only hours say whether the budget holds.
    const budget = seconds < 600 ? {} : { budget: { text: '≥ 140 ×', ok: value >= 140 } };
    figures.push({ name, value, unit: '× CPU', ...budget }, memory(run, 120));
  }
  const middle = speeds[1];
  if (middle === undefined) return figures;
  const off = Math.max(...speeds.map((speed) => Math.abs(speed / middle - 1)));
  const budget = { text: '± 15 %', ok: off <= 0.15 };
  return [...figures, { name: 'spread by number of segments', value: off * 100, unit: '%', budget }];
};

/**
 * The recording in two processes. How long it takes is measured, and on a busy machine means nothing; what the busier of the two computes
 * says how long it takes where both have a core.
 */
const inTwo = async (runs: MuxRuns, seconds: number): Promise<Figure[]> => {
  const [run] = (await runs.on({ seconds, segments: Math.ceil(seconds / 3.6) }, twoProcesses)) as [Run];
  const value = seconds / Math.max(run.ownCpuSeconds, run.cpuSeconds - run.ownCpuSeconds);
  const budget = seconds < 600 ? {} : { budget: { text: '≥ 240 ×', ok: value >= 240 } };
  const name = `sparse, ${seconds / 60} min, two processes`;
  return [
    { name: `${name}: the busier one`, value, unit: '× CPU', ...budget },
    { name: '  wall', value: seconds / run.wallSeconds, unit: '×' },
    memory(run),
  ];
};

/** The same recording by ffmpeg, by one process, and by the design everybody starts with. */
const besideOthers = async (runs: MuxRuns, seconds: number): Promise<Figure[]> => {
  const recording = { seconds, segments: 100 };
  const [one, ffmpeg] = (await runs.on(recording, oneProcess, byFfmpeg)) as [Run, Run];
  const theirs = await inFolder(async (folder) => {
    writeLongRecording(folder, { ...recording, speechSeconds: seconds * 1.4 });
    return await measure('ffmpeg', naive(folder));
  });
  const ours = timesRealtime(seconds, one);
  const name = `sparse, ${seconds / 60} min, 100 segments`;
  return [
    { name, value: ours, unit: '× CPU', reference: { name: 'ffmpeg', value: timesRealtime(seconds, ffmpeg) } },
    {
      name,
      value: ours,
      unit: '× CPU',
      reference: { name: 'one input per segment', value: timesRealtime(seconds, theirs) },
    },
    { ...memory(ffmpeg), name: '  memory with ffmpeg' },
  ];
};

/**
 * An hour as people talk: in turns, a seventh of what is heard is two at once, everybody in CELT. Splicing alone (read, plan, decode,
 * encode, write) beside encoding everything anew; then the whole job, which decodes the result once more to measure it.
 */
const inTurns = async (runs: MuxRuns, seconds: number): Promise<Figure[]> => {
  const recording = { seconds, segments: Math.ceil(seconds / 4.5), speechSeconds: seconds * 1.08 };
  const [spliced, sparse] = (await runs.on(recording, ['--engine', 'splice'], oneProcess)) as [Run, Run];
  const name = `splice, ${seconds / 60} min in turns`;
  const alone = await inFolder(async (folder) => {
    writeLongRecording(folder, recording);
    await muxRecording(folder, { only: 'tracks' });
    const engine = new SpliceEngine();
    const before = cpuSeconds();
    await engine.mix({
      sources: readdirSync(join(folder, 'tracks')).map((file) => ({
        userId: file,
        track: join(folder, 'tracks', file),
      })),
      ...{ durationSamples: seconds * 48_000, jobs: 1, ceilingDb: -4, sink: () => {} },
    });
    return seconds / (cpuSeconds() - before);
  });
  const budget = seconds < 600 ? {} : { budget: { text: '≥ 450 ×', ok: alone >= 450 } };
  return [
    { name: `${name}, the mix alone`, value: alone, unit: '× CPU', ...budget },
    {
      ...{ name: `${name}, all`, value: timesRealtime(seconds, spliced), unit: '× CPU' },
      reference: { name: 'sparse', value: timesRealtime(seconds, sparse) },
    },
    memory(spliced, 120),
  ];
};

/** `parley-mux` on an hour of six people of whom nearly always somebody speaks, and often two: the most there is to do. */
export const mux: Bench = {
  name: 'mux',
  says: 'parley-mux, times real time by CPU seconds (tracks, mix, loudness, session.json)',
  async run({ sanity }) {
    await using data = await dataFolder();
    const runs = new MuxRuns(data.path);
    await runs.on({ seconds: 5, segments: 5 }, oneProcess);
    return [
      ...(await bySegments(runs, sanity ? 60 : 3600, sanity ? [20] : [10, 1000, 5000])),
      ...(await inTwo(runs, sanity ? 60 : 3600)),
      ...(await besideOthers(runs, sanity ? 60 : 600)),
      ...(await inTurns(runs, sanity ? 60 : 3600)),
    ];
  },
};
