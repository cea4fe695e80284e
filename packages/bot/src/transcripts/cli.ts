#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { systemClock } from '@parley/protocol';
import { runJob } from './job/run-job.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());

process.exitCode = await runJob({
  folder: process.argv[2] ?? '',
  env: process.env,
  signal: stop.signal,
  clock: systemClock,
  say: (line) => {
    try {
      // At once and in order: what was paid for is known even if the next instant kills the process.
      writeSync(1, `${JSON.stringify(line)}\n`);
    } catch {
      // The supervisor is gone, and the next one begins a run of its own: two would pay twice.
      stop.abort();
    }
  },
});
