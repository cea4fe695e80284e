import { z } from 'zod';
import type { Logger } from '../../log.ts';
import { runMuxChild } from '../../recordings/mux-child.ts';
import { type JobConfig, jobVariable } from '../job/job-config.ts';
import { type TranscriptionErrorCode, transcriptionErrorCodes } from '../transcription-error.ts';

/** How a run of `parley-transcribe` ended. */
export type TranscribeEnd =
  | {
      readonly kind: 'done';
      readonly segments: number;
      /** Of speech that was recognized in this run. */
      readonly seconds: number;
      /** The bound that left something out; null: it is whole. */
      readonly bound: 'day' | 'recording' | null;
    }
  | { readonly kind: 'failed'; readonly code: TranscriptionErrorCode; readonly error: string }
  | { readonly kind: 'interrupted' };

export interface TranscribeListener {
  /** Share done, 0 to 1. */
  progress(fraction: number): void;
  paid(seconds: number): void;
}

/** Transcribes a recording once. Never rejects. */
export type RunTranscribe = (
  folder: string,
  config: JobConfig,
  listener: TranscribeListener,
  signal: AbortSignal,
) => Promise<TranscribeEnd>;

const seconds = z.number().nonnegative();
const lineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), fraction: z.number().min(0).max(1) }),
  z.object({ type: z.literal('paid'), seconds }),
  z.object({ type: z.literal('summary_problem'), message: z.string() }),
  z.object({ type: z.literal('done'), segments: z.int(), seconds, bound: z.enum(['day', 'recording']).nullable() }),
  z.object({ type: z.literal('error'), code: z.enum(transcriptionErrorCodes), message: z.string() }),
]);

/** `parley-transcribe` as a niced child of its own, which works from the folder and what it is told. */
export const runTranscribeWith =
  ({ cliPath, logger }: { readonly cliPath: string; readonly logger: Logger }): RunTranscribe =>
  async (folder, config, { progress, paid }, signal) => {
    if (signal.aborted) return { kind: 'interrupted' };
    const ends: TranscribeEnd[] = [];
    const env = { [jobVariable]: JSON.stringify(config) };
    const error = await runMuxChild(
      { cliPath, logger, env, name: 'parley-transcribe' },
      {
        args: [folder],
        signal,
        onLine: (raw) => {
          const line = lineSchema.safeParse(raw).data;
          if (line?.type === 'progress') progress(line.fraction);
          if (line?.type === 'paid') paid(line.seconds);
          if (line?.type === 'summary_problem')
            logger.warn({ folder, reason: line.message }, 'no summary by the model');
          if (line?.type === 'error') ends.push({ kind: 'failed', code: line.code, error: line.message });
          if (line?.type === 'done') {
            ends.push({ kind: 'done', segments: line.segments, seconds: line.seconds, bound: line.bound });
          }
        },
      },
    );
    const end = ends.at(-1);
    if (end?.kind === 'done') return end;
    if (signal.aborted) return { kind: 'interrupted' };
    return end ?? { kind: 'failed', code: 'broken', error };
  };
