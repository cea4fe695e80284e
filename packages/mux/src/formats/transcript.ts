import { z } from 'zod';

const stretch = { startSample: z.int(), endSample: z.int() };

/** A stretch of what one person said; positions are samples at 48 kHz on the recording's clock. */
export const transcriptSegmentSchema = z.object({
  userId: z.string().min(1),
  ...stretch,
  text: z.string(),
  words: z.array(z.object({ ...stretch, text: z.string() })).optional(),
});

/** `transcript.json`: what was said in a recording, by whom and when. */
export const transcriptSchema = z.object({
  schema: z.literal(1),
  segments: z.array(transcriptSegmentSchema),
  /** How it was made. */
  made: z
    .object({
      engine: z.string(),
      model: z.string(),
      language: z.string().nullable(),
      /** Epoch milliseconds. */
      at: z.int().nonnegative(),
      /** false: a bound was reached, the rest is missing. */
      complete: z.boolean(),
    })
    .optional(),
});

export type TranscriptSegment = z.infer<typeof transcriptSegmentSchema>;
export type Transcript = z.infer<typeof transcriptSchema>;
