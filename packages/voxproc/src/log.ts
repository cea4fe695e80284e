import { destination, type Logger, pino } from 'pino';

/** Bytes of log lines that may wait for a reader of stderr; beyond that they are dropped. */
const MAX_WAITING_BYTES = 1 << 20;

/**
 * pino JSON on stderr, written asynchronously: a supervisor that does not read its child's stderr must not stop the recording.
 * `flush` writes what waits, for the last words before an exit.
 */
export const createLog = (): { readonly log: Logger; readonly flush: () => void } => {
  const stderr = destination({ dest: 2, sync: false, maxLength: MAX_WAITING_BYTES });
  // The reader is gone or slow: nothing that could be said about it would be read.
  stderr.on('error', () => {});
  const log = pino({ level: 'info', base: null }, stderr);
  const flush = () => {
    try {
      stderr.flushSync();
    } catch {
      // The descriptor is gone; there is nobody left to tell.
    }
  };
  return { log, flush };
};

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** The supervisor's level when pino knows it, else `info`. */
export const logLevelOf = (wanted: string): string => (levels.includes(wanted) ? wanted : 'info');
