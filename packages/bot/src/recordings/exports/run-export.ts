import { type MuxErrorCode, muxErrorCodes } from '@parley/mux';
import { z } from 'zod';
import { type MuxChildOptions, runMuxChild } from '../mux-child.ts';
import { type ExportJob, exportArguments } from './export-job.ts';

export interface ExportedFile {
  readonly path: string;
  readonly bytes: number;
  readonly durationMs: number;
  /** Ids of the people in it. */
  readonly people: readonly string[];
}

/** How an export ended. `broken`: without a reason of its own, which the log has. */
export type ExportEnd =
  | ({ readonly kind: 'done' } & ExportedFile)
  | { readonly kind: 'failed'; readonly code: MuxErrorCode | 'broken'; readonly error: string }
  | { readonly kind: 'interrupted' };

/** Makes an export once, into `out`, without those people. Never rejects. */
export type RunExport = (
  job: ExportJob,
  out: string,
  without: readonly string[],
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
) => Promise<ExportEnd>;

const progressLine = z.object({ type: z.literal('progress'), fraction: z.number().min(0).max(1) });
const errorLine = z.object({ type: z.literal('error'), code: z.enum(muxErrorCodes), message: z.string() });
const doneLine = z.object({
  type: z.literal('exported'),
  file: z.string(),
  bytes: z.int().nonnegative(),
  durationMs: z.number().nonnegative(),
  people: z.array(z.string()),
});

/** `parley-mux --export` as a niced child of its own. */
export const runExportWith =
  (options: MuxChildOptions): RunExport =>
  async (job, out, without, onProgress, signal) => {
    if (signal.aborted) return { kind: 'interrupted' };
    let done: z.infer<typeof doneLine> | null = null;
    let failure: z.infer<typeof errorLine> | null = null;
    const error = await runMuxChild(options, {
      args: exportArguments(job, out, without),
      signal,
      onLine: (line) => {
        const progress = progressLine.safeParse(line);
        if (progress.success) onProgress(progress.data.fraction);
        done = doneLine.safeParse(line).data ?? done;
        failure = errorLine.safeParse(line).data ?? failure;
      },
    });
    const made: z.infer<typeof doneLine> | null = done;
    if (made !== null) {
      const { file: path, bytes, durationMs, people } = made as z.infer<typeof doneLine>;
      return { kind: 'done', path, bytes, durationMs, people };
    }
    if (signal.aborted) return { kind: 'interrupted' };
    const failed: z.infer<typeof errorLine> | null = failure;
    if (failed === null) return { kind: 'failed', code: 'broken', error };
    const { code, message } = failed as z.infer<typeof errorLine>;
    return { kind: 'failed', code, error: message };
  };
