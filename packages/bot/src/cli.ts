#!/usr/bin/env node
import { once } from 'node:events';
import { systemClock } from '@parley/protocol';
import { runCli } from './cli/run-cli.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
// Whoever reads may have read enough (`parley logs | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  stop.abort();
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  // Opened only by who reads it: an open pipe would keep this process alive.
  get stdin() {
    return process.stdin;
  },
  out: async (text) => {
    if (!process.stdout.write(text) && !stop.signal.aborted)
      await once(process.stdout, 'drain', { signal: stop.signal });
  },
  err: (line) => void process.stderr.write(`${line}\n`),
  color: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  clock: systemClock,
  signal: stop.signal,
});
