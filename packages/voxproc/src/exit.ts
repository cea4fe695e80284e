import { type ExitReason, exitCodes } from '@parley/protocol';
import type { LogStream } from './log.ts';

/** Milliseconds streams have to drain before the process is made to end. */
const DRAIN_MS = 1000;

/**
 * Ends the process once everything written has been taken: only the code is set, what keeps the process alive is released by its
 * owners, and after a second it ends all the same. `process.exit` right after a write loses data; a log that nobody reads any more
 * must not hold the process, so what could not be written by then is thrown away.
 */
export const exitWith = (reason: ExitReason, log: LogStream): void => {
  process.exitCode ??= exitCodes[reason];
  process.stdin.destroy();
  const leave = () => {
    log.discard();
    process.exit();
  };
  setTimeout(leave, DRAIN_MS);
  log.drained(() => {
    if (process.stdout.writableLength === 0) setImmediate(leave);
    else process.stdout.once('drain', leave).once('error', leave);
  });
};
