import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { type RecordingStatus, recordingStatuses } from '@parley/mux';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { fetchingEnvironment } from '../vox/child-handle.ts';
import { readJsonLines } from './json-lines.ts';

/** How little of the processor the mixer asks for (nice value). */
const muxNiceness = 10;
/** Milliseconds between SIGTERM and SIGKILL. */
const killGraceMs = 3000;
const keptLines = 20;

export interface MuxProgress {
  readonly phase: string;
  /** 0..1 */
  readonly fraction: number;
}

/**
 * How a run of `parley-mux` ended. `busy`: another one, or an audio process, is at work on the folder. `broken`: it did not get as far as a status; another
 * try may.
 */
export type MuxEnd =
  | { readonly kind: 'done'; readonly status: Exclude<RecordingStatus, 'recording' | 'muxing'> }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'broken'; readonly error: string };

/** Runs the mixer on a folder once. Never rejects. */
export type RunMux = (
  folder: string,
  onProgress: (progress: MuxProgress) => void,
  signal: AbortSignal,
) => Promise<MuxEnd>;

const progressLine = z.object({ type: z.literal('progress'), phase: z.string(), fraction: z.number().min(0).max(1) });
const errorLine = z.object({ type: z.literal('error'), code: z.string() });
const doneLine = z.object({ type: z.literal('done'), status: z.enum(recordingStatuses) });

export interface RunMuxOptions {
  /** The executable file of `parley-mux`. */
  readonly cliPath: string;
  readonly logger: Logger;
  /** Variables the mixer gets besides the system's: where ffmpeg is. */
  readonly env: Readonly<Record<string, string>>;
}

/** `parley-mux` as a niced child of its own. */
export const runMuxWith =
  ({ cliPath, logger, env }: RunMuxOptions): RunMux =>
  async (folder, onProgress, signal) => {
    if (signal.aborted) return { kind: 'interrupted' };
    const tail: string[] = [];
    const keep = (line: string) => {
      tail.push(line);
      if (tail.length > keptLines) tail.shift();
    };
    let status: RecordingStatus | null = null;
    let errorCode: string | null = null;
    const child = spawn(process.execPath, [cliPath, folder, '--json', '--fetch-ffmpeg'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...fetchingEnvironment(process.env), ...env },
    });
    const ended = Promise.withResolvers<string>();
    child.once('close', (code, killedBy) => ended.resolve(killedBy ? `signal ${killedBy}` : `exit code ${code}`));
    child.once('error', (error) => ended.resolve(error.message));
    lower(child.pid, logger);
    readJsonLines(
      child.stdout,
      (line) => {
        const progress = progressLine.safeParse(line);
        if (progress.success) onProgress(progress.data);
        const done = doneLine.safeParse(line);
        if (done.success) status = done.data.status;
        const error = errorLine.safeParse(line);
        if (error.success) errorCode = error.data.code;
      },
      keep,
    );
    readJsonLines(child.stderr, (line) => keep(JSON.stringify(line)), keep);
    const kill = () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), killGraceMs);
      void ended.promise.then(() => clearTimeout(timer));
    };
    signal.addEventListener('abort', kill, { once: true });
    const end = await ended.promise;
    signal.removeEventListener('abort', kill);
    const reached: RecordingStatus | null = status;
    if (reached !== null && reached !== 'recording' && reached !== 'muxing') return { kind: 'done', status: reached };
    if (signal.aborted) return { kind: 'interrupted' };
    const failure: string | null = errorCode;
    if (failure === 'busy' || failure === 'recording_live') return { kind: 'busy' };
    return { kind: 'broken', error: `parley-mux ended with ${end}${tail.length > 0 ? `: ${tail.join(' | ')}` : ''}` };
  };

const lower = (pid: number | undefined, logger: Logger): void => {
  if (pid === undefined) return;
  try {
    setPriority(pid, muxNiceness);
  } catch (error) {
    logger.debug({ err: error }, 'the mixer runs at normal priority');
  }
};
