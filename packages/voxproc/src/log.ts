import { destination, type Logger, pino } from 'pino';

/** Bytes of log lines that may wait for a reader of stderr; beyond that they are dropped. */
const MAX_WAITING_BYTES = 1 << 20;

/** The way out of the log's lines, for an exit. */
export interface LogStream {
  /** Calls `done` once what has been logged is written, or when it never will be because the reader is gone. */
  drained(done: () => void): void;
  /** Throws away what still waits. pino's own exit hook would write it synchronously, again and again where nobody reads. */
  discard(): void;
}

/**
 * pino JSON on stderr, written asynchronously: a supervisor that does not read its child's stderr must not stop the recording.
 */
export const createLog = (): { readonly log: Logger; readonly stream: LogStream } => {
  const stderr = destination({ dest: 2, sync: false, minLength: 1, maxLength: MAX_WAITING_BYTES });
  // The reader is gone or slow: nothing that could be said about it would be read.
  stderr.on('error', () => {});
  const log = pino({ level: 'info', base: null }, stderr);
  const drained = (done: () => void): void => {
    try {
      stderr.flush(() => done());
    } catch {
      // Destroyed already: there is nobody left to tell.
      done();
    }
  };
  return { log, stream: { drained, discard: () => stderr.destroy() } };
};

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** The supervisor's level when pino knows it, else `info`. */
export const logLevelOf = (wanted: string): string => (levels.includes(wanted) ? wanted : 'info');
