#!/usr/bin/env node
import { runCli } from './cli/run-cli.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
// Who reads the progress may go; the job goes on.
process.stdout.on('error', () => {});

process.exitCode = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  output: {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
  },
  signal: stop.signal,
});
