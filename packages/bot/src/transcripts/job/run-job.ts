import { MuxError, type MuxErrorCode } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import { openEngine } from '../engines/open-engine.ts';
import { summarize } from '../summary/summarize.ts';
import { ChatModel } from '../text-model/chat-model.ts';
import { TranscriptionError, type TranscriptionErrorCode } from '../transcription-error.ts';
import { jobConfigSchema, jobVariable } from './job-config.ts';
import { transcribeRecording, workFolderOf } from './transcribe-recording.ts';

/** What a transcribing child says on its standard output, one JSON object a line. */
export type JobLine =
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'paid'; readonly seconds: number }
  | { readonly type: 'summary_problem'; readonly message: string }
  | {
      readonly type: 'done';
      readonly segments: number;
      readonly seconds: number;
      readonly bound: 'day' | 'recording' | null;
      readonly summary: 'turns' | 'model' | null;
    }
  | { readonly type: 'error'; readonly code: TranscriptionErrorCode; readonly message: string };

/** Recordings in these states have nothing to be transcribed, now or ever. */
const gone: ReadonlySet<MuxErrorCode> = new Set(['not_a_recording', 'newer_format', 'nothing_readable', 'own_room']);

const codeOf = (error: unknown): TranscriptionErrorCode => {
  if (error instanceof TranscriptionError) return error.code;
  if (error instanceof MuxError) return gone.has(error.code) ? 'gone' : 'folder';
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? 'folder' : 'broken';
};

export interface JobContext {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly say: (line: JobLine) => void;
}

/** What the child was told. @throws TranscriptionError `broken` */
const readConfig = (text: string | undefined) => {
  try {
    return jobConfigSchema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    throw new TranscriptionError('broken', `${jobVariable} is not what a supervisor gives`, { cause });
  }
};

/** Transcribes a recording and sums it up. @returns the exit code */
export const runJob = async ({ folder, env, signal, clock, say }: JobContext): Promise<number> => {
  try {
    const config = readConfig(env[jobVariable]);
    let told = -1;
    const done = await transcribeRecording(folder, {
      engine: openEngine(config.engine, workFolderOf(folder), clock),
      without: new Set(config.without),
      budget: config.budget,
      ...{ clock, signal },
      onProgress: (fraction) => {
        const percent = Math.floor(fraction * 100);
        if (percent > told) say({ type: 'progress', fraction: percent / 100 });
        told = Math.max(told, percent);
      },
      onPaid: (seconds) => say({ type: 'paid', seconds }),
    });
    const summary = await sumUp(done, config.brain);
    say({ type: 'done', segments: done.segments.length, seconds: done.seconds, bound: done.bound, summary });
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    say({ type: 'error', code: codeOf(error), message: error instanceof Error ? error.message : String(error) });
    return 1;
  }

  /** The transcript stands; without a summary it stands as well. */
  async function sumUp(
    done: Awaited<ReturnType<typeof transcribeRecording>>,
    brain: ReturnType<typeof readConfig>['brain'],
  ): Promise<'turns' | 'model' | null> {
    const onProblem = (error: unknown): void =>
      say({ type: 'summary_problem', message: error instanceof Error ? error.message : String(error) });
    const model = brain === null ? null : new ChatModel({ ...brain, clock });
    try {
      const made = await summarize(done, { model, withoutAi: new Set(brain?.without), clock, signal, onProblem });
      return made.by;
    } catch (error) {
      signal.throwIfAborted();
      onProblem(error);
      return null;
    }
  }
};
