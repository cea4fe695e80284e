import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { closingLines } from './test-summary.ts';

const ended = (passed: number, failed: number, skipped = 0, durationMs = 1000) =>
  `${JSON.stringify({ type: 'ended', passed, failed, skipped, durationMs })}\n`;

test('the closing lines are a line for each phase, the sum, and last the tests that failed in any of them', () => {
  const failure = `${JSON.stringify({ type: 'failed', file: 'a/b.test.ts', path: ['outer', 'inner'] })}\n`;
  const phases = [
    { name: 'one', ended: 1, report: failure + ended(3, 2) },
    { name: 'two', ended: 0, report: ended(4, 0, 1, 61_400) },
  ];
  assert.deepEqual(closingLines(phases), [
    'one: 3 passed, 2 failed, 0 skipped, 1 s',
    'two: 4 passed, 0 failed, 1 skipped, 61 s',
    'all phases: 7 passed, 2 failed, 1 skipped, 62 s',
    'failed: a/b.test.ts › outer › inner',
  ]);
});

test('a runner that ended badly without naming a test is named itself', () => {
  assert.deepEqual(closingLines([{ name: 'one', ended: 'SIGKILL', report: '' }]), [
    'one: did not end',
    'all phases: 0 passed, 0 failed, 0 skipped, 0 s',
    'failed: one: the test runner ended with SIGKILL',
  ]);
});

test('Node’s test runner tells of failures at any depth, of files that break and of tests without an end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-failures-'));
  try {
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write(
      'nested.test.mjs',
      `import { test } from 'node:test';
       test('fine', () => {});
       test('left out', { skip: true }, () => {});
       test('outer', async (t) => {
         await t.test('good', () => {});
         await t.test('bad', () => { throw new Error('no'); });
       });`,
    );
    write('broken.test.mjs', `throw new Error('this file breaks');`);
    write(
      'endless.test.mjs',
      `import { test } from 'node:test'; test('endless', { timeout: 200 }, () => new Promise((r) => setTimeout(r, 500)));`,
    );
    const report = join(folder, 'report');
    const reporter = join(import.meta.dirname, 'failure-reporter.ts');
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const options = [`--test-reporter=${reporter}`, `--test-reporter-destination=${report}`];
    const run = spawnSync(process.execPath, ['--test', ...options, `${folder}/*.test.mjs`], { cwd: folder, env });
    const lines = closingLines([{ name: 'all', ended: run.status ?? '', report: readFileSync(report, 'utf8') }]);
    const failed = lines.filter((line) => line.startsWith('failed: '));
    assert.deepEqual(
      failed.map((line) => line.replaceAll(folder, '')).toSorted(),
      ['failed: broken.test.mjs', 'failed: endless.test.mjs › endless', 'failed: nested.test.mjs › outer › bad'],
      `${run.stderr}`,
    );
    assert.match(lines[1] ?? '', /^all phases: 2 passed, 4 failed, 1 skipped, \d+ s$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
