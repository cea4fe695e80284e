import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { collectYoung } from '../collect-young.ts';

/** stderr kept of a child: its last 4 kB. */
const STDERR_BYTES = 4096;
/** Bytes of stdout between two collections of the buffers they came in. */
const COLLECT_EVERY_BYTES = 4_000_000;

export interface ChildJob {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Killed after this many milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Takes stdout; the child waits while it works. Without it stdout is discarded. */
  readonly onStdout?: (chunk: Buffer) => void | Promise<void>;
  /** Takes the lines the child writes to descriptor 3. */
  readonly onLine?: (line: string) => void;
}

export interface ChildEnd {
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly timedOut: boolean;
  /** The last 4 kB of stderr. */
  readonly lastWords: string;
}

const lastWordsOf = (stderr: Readable): (() => string) => {
  let tail = Buffer.alloc(0);
  stderr.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-STDERR_BYTES);
  });
  return () => tail.toString('utf8').trim();
};

const eachLine = (stream: Readable, onLine: (line: string) => void): void => {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
};

/**
 * Runs a child in a process group of its own, without a shell and without stdin, and waits for its end. The whole group is killed on
 * abort, on timeout, and when `onStdout` throws.
 * @throws the system's error when it cannot be started, the signal's reason, or what `onStdout` threw
 */
export const runChild = async (job: ChildJob): Promise<ChildEnd> => {
  job.signal?.throwIfAborted();
  const child = spawn(job.command, [...job.args], {
    ...(job.cwd !== undefined && { cwd: job.cwd }),
    detached: true,
    stdio: ['ignore', job.onStdout ? 'pipe' : 'ignore', 'pipe', job.onLine ? 'pipe' : 'ignore'],
  });
  const ended = new Promise<{ exitCode: number | null; killedBy: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, killedBy) => resolve({ exitCode, killedBy }));
  });
  const kill = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, job.timeoutMs);
  job.signal?.addEventListener('abort', kill, { once: true });
  try {
    const lastWords = child.stderr === null ? () => '' : lastWordsOf(child.stderr);
    const lines = child.stdio[3];
    if (job.onLine !== undefined && lines !== null && lines !== undefined) eachLine(lines as Readable, job.onLine);
    const [end] = await Promise.all([ended, takeAll(child.stdout, job.onStdout)]);
    job.signal?.throwIfAborted();
    return { ...end, timedOut, lastWords: lastWords() };
  } finally {
    kill();
    clearTimeout(timer);
    job.signal?.removeEventListener('abort', kill);
  }
};

const takeAll = async (stdout: Readable | null, onStdout: ChildJob['onStdout']): Promise<void> => {
  if (stdout === null || onStdout === undefined) return;
  let uncollected = 0;
  for await (const chunk of stdout) {
    await onStdout(chunk as Buffer);
    uncollected += (chunk as Buffer).length;
    if (uncollected > COLLECT_EVERY_BYTES) {
      uncollected = 0;
      collectYoung();
    }
  }
};
