/**
 * `npm test`: the unit tests in parallel, then the tests that run whole calls in real time, one after the other, and the pages in a browser.
 * Arguments: `--ci` runs what CI adds to that (fuzzing, killed processes, and every `*.slow.test.ts`), `--long` runs all of it, longer, and the soak tests;
 * anything else is a path or a glob to run instead. The last lines name every test that failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCompileCache } from './lib/compile-cache.ts';
import { missingJudges } from './lib/judges.ts';
import { closingLines, type PhaseResult } from './lib/test-summary.ts';

const root = join(import.meta.dirname, '..');
const args = process.argv.slice(2);
const long = args.includes('--long');
const chosen = args.filter((argument) => !argument.startsWith('--'));

interface Phase {
  readonly name: string;
  readonly globs: readonly string[];
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** All files in one process, which share what is dear to set up. */
  readonly together?: boolean;
}

const minute = 60_000;
const everything: Phase[] = [
  {
    name: 'unit tests',
    globs: [
      'packages/*/src/**/!(*.slow).test.ts',
      'scripts/**/*.test.ts',
      'test/unit/**/!(*.slow).test.ts',
      'test/lib/**/*.test.ts',
      'test/sim/src/**/*.test.ts',
    ],
    concurrency: 2,
    timeoutMs: 3 * minute,
  },
  {
    name: 'whole calls on the simulator',
    globs: ['test/e2e/**/!(*.slow).test.ts', 'test/faults/**/!(*.slow).test.ts'],
    concurrency: 1,
    timeoutMs: 5 * minute,
  },
  {
    name: 'the pages in a browser',
    globs: ['test/web/**/*.test.ts'],
    concurrency: 1,
    timeoutMs: 3 * minute,
    together: true,
  },
];
const ci: Phase[] = [
  {
    name: 'whole calls that take long',
    globs: ['test/e2e/**/*.slow.test.ts', 'test/faults/**/*.slow.test.ts'],
    concurrency: 1,
    timeoutMs: 5 * minute,
  },
  {
    name: 'fuzzing and killed processes',
    globs: ['test/ci/**/*.test.ts'],
    concurrency: 1,
    timeoutMs: (long ? 60 : 5) * minute,
  },
  {
    name: 'unit tests that work for long',
    globs: ['packages/*/src/**/*.slow.test.ts', 'test/unit/**/*.slow.test.ts'],
    concurrency: 2,
    timeoutMs: 5 * minute,
  },
];
const soak: Phase = { name: 'soak tests', globs: ['test/soak/**/*.test.ts'], concurrency: 1, timeoutMs: 60 * minute };

const wanted = (): Phase[] => {
  if (chosen.length > 0) return [{ name: 'chosen tests', globs: chosen, concurrency: 1, timeoutMs: 60 * minute }];
  if (long) return [...everything, ...ci, soak];
  return args.includes('--ci') ? ci : everything;
};
/** Node's test runner fails on a glob without a file; a folder may be empty, but what somebody named must be there. */
const phases = chosen.length > 0 ? wanted() : wanted().filter(({ globs }) => globSync(globs, { cwd: root }).length > 0);

if (phases.length === 0) throw new Error('there is no test to run');

const reports = mkdtempSync(join(tmpdir(), 'parley-test-'));
const results: PhaseResult[] = [];
for (const { name, globs, concurrency, timeoutMs, together = false } of phases) {
  console.log(`\n== ${name}`);
  const report = join(reports, `${results.length}`);
  const options = [`--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`];
  options.push('--test-reporter=spec', '--test-reporter-destination=stdout');
  options.push(`--test-reporter=${join(root, 'scripts/lib/failure-reporter.ts')}`);
  options.push(`--test-reporter-destination=${report}`);
  if (together) options.push('--test-isolation=none');
  const { status, signal, error } = spawnSync(process.execPath, ['--test', ...options, ...globs], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { NODE_COMPILE_CACHE: testCompileCache, ...process.env, ...(long ? { PARLEY_TEST_LONG: '1' } : {}) },
  });
  if (error) throw error;
  results.push({
    name,
    ended: status ?? signal ?? 'nothing',
    report: existsSync(report) ? readFileSync(report, 'utf8') : '',
  });
}
rmSync(reports, { recursive: true });

const missing = missingJudges();
if (missing.length > 0) {
  const names = missing.map(({ command, debianPackage }) => `${command} (Debian: ${debianPackage})`).join(', ');
  console.log(`\nTests whose judge is not installed were skipped: ${names}.`);
}
console.log(`\n== in short\n${closingLines(results).join('\n')}`);
process.exitCode = results.every(({ ended }) => ended === 0) ? 0 : 1;
