import { type RecordingStatus, recordingStatuses } from '@parley/mux';
import { z } from 'zod';
import { type MuxChildOptions, runMuxChild } from './mux-child.ts';

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
const doneLine = z.object({
  type: z.literal('done'),
  status: z.enum(recordingStatuses),
  warnings: z.array(z.string()).optional(),
});

/** `parley-mux` as a niced child of its own. */
export const runMuxWith =
  (options: MuxChildOptions): RunMux =>
  async (folder, onProgress, signal) => {
    if (signal.aborted) return { kind: 'interrupted' };
    let status: RecordingStatus | null = null;
    let errorCode: string | null = null;
    const error = await runMuxChild(options, {
      args: [folder, '--json', '--fetch-ffmpeg'],
      signal,
      onLine: (line) => {
        const progress = progressLine.safeParse(line);
        if (progress.success) onProgress(progress.data);
        const done = doneLine.safeParse(line);
        if (done.success) {
          status = done.data.status;
          for (const warning of done.data.warnings ?? []) {
            options.logger.warn({ folder, warning }, 'a recording was mixed, but without the levels of its tracks');
          }
        }
        const failed = errorLine.safeParse(line);
        if (failed.success) errorCode = failed.data.code;
      },
    });
    const reached: RecordingStatus | null = status;
    if (reached !== null && reached !== 'recording' && reached !== 'muxing') return { kind: 'done', status: reached };
    if (signal.aborted) return { kind: 'interrupted' };
    const failure: string | null = errorCode;
    if (failure === 'busy' || failure === 'recording_live') return { kind: 'busy' };
    return { kind: 'broken', error };
  };
