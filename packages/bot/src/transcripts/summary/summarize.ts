import { publishSummary } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { Transcribed } from '../job/transcribe-recording.ts';
import type { ChatModel } from '../text-model/chat-model.ts';
import { extractSummary } from './extract-summary.ts';
import { modelSummary, summaryKey } from './model-summary.ts';
import { readSummary, type Summary } from './summary-file.ts';
import { turnsOf } from './turns.ts';

export interface SummarizeOptions {
  /** null: the longest turns are shown. */
  readonly model: Pick<ChatModel, 'ask' | 'name'> | null;
  /** People whose words a model does not get. */
  readonly withoutAi: ReadonlySet<string>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told why a model's summary is missing. */
  readonly onProblem: (error: unknown) => void;
}

/**
 * Puts a summary of a transcript into the recording's folder: of a model where there is one and it answers, else of the longest turns. One
 * of the same model and the same words stays as it is: it is paid for once.
 * @throws MuxError `busy`, `erased_meanwhile`; the file system's error; the signal's reason
 */
export const summarize = async ({ source, segments }: Transcribed, options: SummarizeOptions): Promise<Summary> => {
  const { model, withoutAi, clock, signal, onProblem } = options;
  const names = new Map(source.timeline.people.map(({ userId, displayName }) => [userId, displayName]));
  const nameOf = (userId: string): string => names.get(userId) || userId;
  const durationMs = source.timeline.durationSamples / 48;
  const turns = turnsOf(segments);
  const heard = turns.filter(({ userId }) => !withoutAi.has(userId));
  const key = model === null ? null : summaryKey(model.name, heard, nameOf);
  const before = await readSummary(source.layout.root);
  if (before?.by === 'model' && before.of === key) return before;
  let text: string | null = null;
  try {
    text = model === null ? null : await modelSummary(model, heard, nameOf, signal);
  } catch (error) {
    signal.throwIfAborted();
    onProblem(error);
  }
  const summary: Summary = {
    ...{ schema: 1, at: Math.round(clock.now()), by: text === null ? 'turns' : 'model' },
    ...{ model: text === null ? null : (model?.name ?? null) },
    text: text ?? extractSummary(turns, { nameOf, durationMs }),
    ...(text === null || key === null ? {} : { of: key }),
  };
  await publishSummary(source, segments, summary);
  return summary;
};
