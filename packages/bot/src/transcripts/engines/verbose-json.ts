import type { Heard } from '@parley/mux';
import { z } from 'zod';
import { tidy } from './engine.ts';

const time = z.number().nonnegative();

/**
 * The answer of `POST /audio/transcriptions` (OpenAI's API reference, "Create transcription"): `verbose_json` with segments and, where asked
 * for and given, words; `json` has the text alone.
 */
export const transcriptionAnswer = z.object({
  text: z.string(),
  segments: z
    .array(
      z.object({
        start: time,
        end: time,
        text: z.string(),
        no_speech_prob: z.number().nullish(),
        avg_logprob: z.number().nullish(),
      }),
    )
    .nullish(),
  words: z.array(z.object({ start: time, end: time, word: z.string() })).nullish(),
});
type Answer = z.infer<typeof transcriptionAnswer>;

/** Silence that Whisper took for speech, by its own rule (openai/whisper, `no_speech_threshold` 0.6 and `logprob_threshold` -1). */
const isSilence = ({ no_speech_prob: silent, avg_logprob: sure }: NonNullable<Answer['segments']>[number]): boolean =>
  (silent ?? 0) > 0.6 && (sure ?? 0) < -1;

/** What was heard in a chunk of so many seconds. Words belong to the segment in which their middle lies, or to the nearest. Pure. */
export const heardOf = ({ text, segments, words }: Answer, seconds: number): Heard[] => {
  const within = (at: number): number => Math.min(at, seconds);
  if (segments == null || segments.length === 0) {
    if (tidy(text) === '') return [];
    const timed = (words ?? []).map(({ start, end, word }) => ({
      from: within(start),
      to: within(end),
      text: tidy(word),
    }));
    const [first, last] = [timed[0], timed.at(-1)];
    if (first === undefined || last === undefined) return [{ from: 0, to: seconds, text: tidy(text) }];
    return [{ from: first.from, to: last.to, text: tidy(text), words: timed }];
  }
  const owned = Map.groupBy(words ?? [], ({ start, end }) => {
    const middle = (start + end) / 2;
    const away = segments.map((one) => Math.max(one.start - middle, middle - one.end, 0));
    return away.indexOf(Math.min(...away));
  });
  return segments.flatMap((segment, i) => {
    const said = tidy(segment.text);
    if (said === '' || isSilence(segment)) return [];
    const own = owned
      .get(i)
      ?.map(({ start, end, word }) => ({ from: within(start), to: within(end), text: tidy(word) }));
    return [
      { from: within(segment.start), to: within(segment.end), text: said, ...(own !== undefined && { words: own }) },
    ];
  });
};
