import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** One figure of a bench. `budget` says what the specification allows; `ok` whether it was met. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Spread of the repetitions: smallest and largest. */
  readonly spread?: readonly [number, number];
  /** The same job done by the reference design beside ours in the same run. */
  readonly reference?: { readonly name: string; readonly value: number };
  readonly budget?: { readonly text: string; readonly ok: boolean };
}

export interface BenchContext {
  /** A short run that only shows that the bench works. */
  readonly sanity: boolean;
}

export interface Bench {
  readonly name: string;
  readonly says: string;
  run(context: BenchContext): Promise<Figure[]>;
}

/** The median of repeated measurements with its spread. */
export const median = (values: readonly number[]): { value: number; spread: [number, number] } => {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[sorted.length >> 1] ?? Number.NaN;
  return { value, spread: [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN] };
};

/** Seconds of CPU this process and its ended children have used. */
export const cpuSeconds = (): number => {
  const own = process.cpuUsage();
  let children = 0;
  try {
    // proc(5): cutime and cstime are fields 16 and 17, in clock ticks of 1/100 s; the name in field 2 may hold spaces.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    children = (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    // Without procfs only this process counts.
  }
  return (own.user + own.system) / 1e6 + children;
};

/** The share of this machine's cores that is busy, 0 to 1, as the last minute's load says. */
export const machineLoad = (): number => (loadavg()[0] ?? 0) / cpus().length;
