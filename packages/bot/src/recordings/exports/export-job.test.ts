import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { type ExportJob, exportArguments } from './export-job.ts';
import { runExportWith } from './run-export.ts';

const job: ExportJob = {
  ...{ kind: 'export', recordingSessionId: 'r', folder: '/rec', guildId: 'g', textChannelId: 't' },
  ...{ requestedByUserId: 'u', format: 'flac', from: null, to: null, lastSeconds: null, cutPauses: false },
};
const common = ['/rec', '--json', '--fetch-ffmpeg'];
const cases: [what: string, job: Partial<ExportJob>, without: string[], args: string[]][] = [
  ['the whole', {}, [], ['--export=flac', '--out=/x']],
  [
    'a part without its pauses',
    { format: 'mp3', from: '1:00', to: '2:30.5', cutPauses: true },
    [],
    ['--export=mp3', '--out=/x', '--from=1:00', '--to=2:30.5', '--cut-pauses'],
  ],
  [
    'a clip',
    { kind: 'clip', format: 'mix-ogg', lastSeconds: 60 },
    ['1', '2'],
    ['--export=mix-ogg', '--out=/x', '--last=60', '--consenting', '--without=1,2'],
  ],
  ['a time that looks like a flag', { from: '--force' }, [], ['--export=flac', '--out=/x', '--from=--force']],
];
for (const [what, part, without, args] of cases) {
  test(`the command line of ${what}`, () => {
    assert.deepEqual(exportArguments({ ...job, ...part }, '/x', without), [...common, ...args]);
  });
}

const say = (object: object): string => `console.log(${JSON.stringify(JSON.stringify(object))});`;
const exported = { type: 'exported', file: '/x', bytes: 7, durationMs: 1000, people: ['1'], live: false };
const scripts: [what: string, script: string, end: object][] = [
  ['one that works', say(exported), { kind: 'done', path: '/x', bytes: 7, durationMs: 1000, people: ['1'] }],
  [
    'one that fails with a reason',
    `${say({ type: 'error', code: 'range_outside', message: 'short' })} process.exitCode = 2;`,
    { kind: 'failed', code: 'range_outside', error: 'short' },
  ],
  [
    'one that ends without a word',
    'console.error("boom"); process.exitCode = 1;',
    { kind: 'failed', code: 'broken', error: 'parley-mux ended with exit code 1: boom' },
  ],
];
for (const [what, script, end] of scripts) {
  test(`an export child: ${what}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-export-'));
    try {
      const cliPath = join(folder, 'cli.mjs');
      await writeFile(cliPath, `${say({ type: 'progress', phase: 'export', fraction: 0.5 })} ${script}`);
      const progress: number[] = [];
      const run = runExportWith({ cliPath, logger: pino({ level: 'silent' }), env: {} });
      const signal = new AbortController().signal;
      assert.deepEqual(await run(job, '/x', [], (fraction) => progress.push(fraction), signal), end);
      assert.deepEqual(progress, [0.5]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

test('an export child that is told to stop is gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-export-'));
  try {
    const cliPath = join(folder, 'cli.mjs');
    await writeFile(cliPath, `${say({ type: 'progress', fraction: 0.1 })} setInterval(() => {}, 1000);`);
    const stop = new AbortController();
    const run = runExportWith({ cliPath, logger: pino({ level: 'silent' }), env: {} });
    assert.deepEqual(await run(job, '/x', [], () => stop.abort(), stop.signal), { kind: 'interrupted' });
    assert.deepEqual(await run(job, '/x', [], () => assert.fail('it began'), stop.signal), { kind: 'interrupted' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
