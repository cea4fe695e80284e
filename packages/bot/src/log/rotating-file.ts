import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';

/** Lines wait in memory up to this size while the disk does not take them, bytes; what comes then is dropped and counted. */
const maxWaitingBytes = 4 * 1024 * 1024;

/** The log file cannot be written. Needs a person: another file, or rights. */
export class LogFileError extends Error {
  readonly code = 'log_unwritable';

  constructor(file: string, cause: unknown) {
    super(
      `the log file ${file} cannot be written: ${messageOf(cause)}. Change its owner, or PARLEY_LOG_FILE; without it the log goes to standard output only.`,
      { cause },
    );
    this.name = 'LogFileError';
  }
}

export interface RotatingFileOptions {
  /** Absolute path; its folder is made when absent. Older files are `<file>.1`, the newest, to `<file>.<count>`. */
  readonly file: string;
  readonly maxBytes: number;
  /** Files kept besides the one that is written. */
  readonly count: number;
  /** Told of each failure after the start; nothing is thrown then. */
  readonly onProblem: (problem: { readonly code: string; readonly message: string }) => void;
}

/**
 * A file that lines are appended to without anybody waiting, put aside when it is full. A disk that takes nothing costs lines, counted
 * in `dropped`, and nothing else.
 */
export class RotatingFile implements Disposable {
  #options: RotatingFileOptions;
  #sink: ReturnType<typeof pino.destination>;
  #bytes: number;
  /** Until the next file is open: a second rotation would push out files for nothing. */
  #rotating = false;
  #dropped = 0;

  /** @throws LogFileError when the file cannot be opened. */
  constructor(options: RotatingFileOptions) {
    const { file, onProblem } = options;
    this.#options = options;
    this.#bytes = openedSize(file);
    this.#sink = pino.destination({ dest: file, sync: false, append: true, mode: 0o600, maxLength: maxWaitingBytes });
    this.#sink.on('ready', () => {
      this.#rotating = false;
    });
    this.#sink.on('error', (error: unknown) => {
      this.#rotating = false;
      onProblem({ code: codeOf(error), message: messageOf(error) });
    });
    this.#sink.on('drop', () => {
      this.#dropped += 1;
    });
  }

  /** Lines given up because the disk took none. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Appends a line, its newline included. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#options.maxBytes && !this.#rotating) this.#rotate();
    this.#bytes += bytes;
    this.#sink.write(line);
  }

  /** Writes what waits, before the process goes. What the disk refuses then is lost. */
  flushSync(): void {
    try {
      this.#sink.flushSync();
    } catch (error) {
      this.#options.onProblem({ code: codeOf(error), message: messageOf(error) });
    }
  }

  [Symbol.dispose](): void {
    this.flushSync();
    this.#sink.end();
  }

  /** What still waits goes to the file put aside: it was open before. */
  #rotate(): void {
    const { file, count, onProblem } = this.#options;
    this.#bytes = 0;
    this.#rotating = true;
    try {
      rmSync(`${file}.${count}`, { force: true });
      for (let number = count - 1; number >= 1; number -= 1)
        renameIfThere(`${file}.${number}`, `${file}.${number + 1}`);
      renameIfThere(file, `${file}.1`);
      this.#sink.reopen(file);
    } catch (error) {
      this.#rotating = false;
      onProblem({ code: codeOf(error), message: messageOf(error) });
    }
  }
}

/** Makes sure that the file can be appended to, for its owner alone, and says how long it is. */
const openedSize = (file: string): number => {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    return statSync(file).size;
  } catch (error) {
    throw new LogFileError(file, error);
  }
};

const renameIfThere = (from: string, to: string): void => {
  try {
    renameSync(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
