import { spawn } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import type { Logger } from '../log.ts';
import { fetchingEnvironment } from '../vox/child-handle.ts';
import { readJsonLines } from './json-lines.ts';

/** How much less of the processor than the supervisor a child asks for (steps of the nice value). */
const muxNiceness = 10;
/** Milliseconds between SIGTERM and SIGKILL. */
const killGraceMs = 3000;
const keptLines = 20;

export interface MuxChildOptions {
  /** The executable file of `parley-mux`, or of another command that speaks JSON lines. */
  readonly cliPath: string;
  /** What the log calls it; default `parley-mux`. */
  readonly name?: string;
  readonly logger: Logger;
  /** Variables the child gets besides the system's: where ffmpeg is. */
  readonly env: Readonly<Record<string, string>>;
}

export interface MuxChildRun {
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** Takes the JSON objects of its standard output. */
  readonly onLine: (line: Record<string, unknown>) => void;
}

/**
 * Runs `parley-mux` as a niced child; an abort ends it with SIGTERM, then SIGKILL. Never rejects.
 * @returns how it ended and its last words, for the log
 */
export const runMuxChild = async (
  { cliPath, logger, env, name = 'parley-mux' }: MuxChildOptions,
  { args, signal, onLine }: MuxChildRun,
): Promise<string> => {
  const tail: string[] = [];
  const keep = (line: string) => {
    tail.push(line);
    if (tail.length > keptLines) tail.shift();
  };
  const child = spawn(process.execPath, [cliPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...fetchingEnvironment(process.env), ...env },
  });
  const ended = Promise.withResolvers<string>();
  child.once('close', (code, killedBy) => ended.resolve(killedBy ? `signal ${killedBy}` : `exit code ${code}`));
  child.once('error', (error) => ended.resolve(error.message));
  lower(child.pid, logger);
  readJsonLines(child.stdout, onLine, keep);
  readJsonLines(child.stderr, (line) => keep(JSON.stringify(line)), keep);
  const kill = () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), killGraceMs);
    void ended.promise.then(() => clearTimeout(timer));
  };
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  const end = await ended.promise;
  signal.removeEventListener('abort', kill);
  return `${name} ended with ${end}${tail.length > 0 ? `: ${tail.join(' | ')}` : ''}`;
};

const lower = (pid: number | undefined, logger: Logger): void => {
  if (pid === undefined) return;
  try {
    setPriority(pid, Math.min(getPriority() + muxNiceness, constants.priority.PRIORITY_LOW));
  } catch (error) {
    logger.debug({ err: error }, 'the mixer runs at normal priority');
  }
};
