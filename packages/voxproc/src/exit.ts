import { type ExitReason, exitCodes } from '@parley/protocol';

/** Milliseconds streams have to drain before the process is made to end. */
const DRAIN_MS = 1000;

/**
 * Ends the process once everything written has been taken: only the code is set, what keeps the process alive is released by its
 * owners, and after a second it ends all the same. `process.exit` right after a write loses data.
 */
export const exitWith = (reason: ExitReason, flushLog: () => void): void => {
  process.exitCode ??= exitCodes[reason];
  process.stdin.destroy();
  // sonic-boom's flushSync repeats a write that fails with EPIPE for ever: after the supervisor's death nobody reads stderr.
  if (reason !== 'orphaned') flushLog();
  setTimeout(() => process.exit(), DRAIN_MS);
  setImmediate(() => {
    if (process.stdout.writableLength === 0) process.exit();
    process.stdout.once('drain', () => process.exit());
  });
};
