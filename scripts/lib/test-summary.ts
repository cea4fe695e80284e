import type { ReportLine } from './failure-reporter.ts';

/** What one run of Node's test runner came to. */
export interface PhaseResult {
  readonly name: string;
  /** How the runner ended: its exit code, or the signal that ended it. */
  readonly ended: number | string;
  /** What the reporter wrote. */
  readonly report: string;
}

type Ended = Extract<ReportLine, { type: 'ended' }>;

interface Read {
  readonly name: string;
  readonly failed: readonly string[];
  readonly ended: Ended | null;
}

const readPhase = ({ name, ended, report }: PhaseResult): Read => {
  const lines = report.split('\n').filter((line) => line !== '');
  const entries = lines.map((line) => JSON.parse(line) as ReportLine);
  const failed = entries.flatMap((entry) => (entry.type === 'failed' ? [[entry.file, ...entry.path].join(' › ')] : []));
  const end = entries.find((entry) => entry.type === 'ended') ?? null;
  // A runner that could not begin, or was ended from outside, names no test.
  if (failed.length === 0 && ended !== 0) failed.push(`${name}: the test runner ended with ${ended}`);
  return { name, failed, ended: end };
};

const counts = ({ passed, failed, skipped, durationMs }: Omit<Ended, 'type'>): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped, ${Math.round(durationMs / 1000)} s`;

/** What is said when all phases have ended: one line for each, the sum, and last the tests that failed. Pure. */
export const closingLines = (phases: readonly PhaseResult[]): string[] => {
  const read = phases.map(readPhase);
  const sum = (of: (ended: Ended) => number): number =>
    read.reduce((total, { ended }) => total + (ended ? of(ended) : 0), 0);
  const total = {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    durationMs: sum(({ durationMs }) => durationMs),
  };
  return [
    ...read.map(({ name, ended }) => `${name}: ${ended ? counts(ended) : 'did not end'}`),
    `all phases: ${counts(total)}`,
    ...read.flatMap(({ failed }) => failed.map((one) => `failed: ${one}`)),
  ];
};
