import { type DestinationStream, pino } from 'pino';
import type { Settings } from '../config/settings-schema.ts';
import { RotatingFile } from './rotating-file.ts';

/** A broken log file is said on stderr at most this often, milliseconds: every line of the log would fail. */
const saidEveryMs = 60_000;

/** Where lines go: standard output, and the log file where one is set. pino calls `flushSync` after a fatal line. */
export interface LogDestination extends DestinationStream, Disposable {
  flushSync(): void;
  /** What `logger.flush()` calls: everything logged so far is in the log file then. */
  flush(done?: () => void): void;
}

/**
 * The destination these settings ask for. A log file that fails later is said on stderr; standard output has the lines all the same.
 * @throws LogFileError when the log file cannot be opened.
 */
export const openLogDestination = (
  { logFile, logFileMegabytes, logFileCount }: Pick<Settings, 'logFile' | 'logFileMegabytes' | 'logFileCount'>,
  stdout: { write(line: string): unknown; flushSync?(): void } = pino.destination(1),
  say: (text: string) => void = (text) => void process.stderr.write(text),
): LogDestination => {
  let saidAt = Number.NEGATIVE_INFINITY;
  const file =
    logFile === undefined
      ? null
      : new RotatingFile({
          file: logFile,
          maxBytes: logFileMegabytes * 1_000_000,
          count: logFileCount,
          onProblem: ({ code, message }) => {
            if (performance.now() - saidAt < saidEveryMs) return;
            saidAt = performance.now();
            say(`the log file ${logFile} cannot be written (${code}: ${message}); standard output has the lines\n`);
          },
        });
  return {
    write: (line) => {
      stdout.write(line);
      file?.write(line);
    },
    flushSync: () => {
      stdout.flushSync?.();
      file?.flushSync();
    },
    flush: (done) => {
      file?.flushSync();
      done?.();
    },
    [Symbol.dispose]: () => file?.[Symbol.dispose](),
  };
};
