import { readFile } from 'node:fs/promises';
import { recordingLayout } from '@parley/mux';
import { z } from 'zod';

/** `summary.json`: what a recording was about, for people. */
export const summarySchema = z.object({
  schema: z.literal(1),
  /** `turns`: its longest turns; `model`: in the words of a text model. */
  by: z.enum(['turns', 'model']),
  model: z.string().nullable(),
  /** When it was made, epoch milliseconds. */
  at: z.int().nonnegative(),
  text: z.string(),
  /** Stands for the model and what it was given; absent where no model was. */
  of: z.string().optional(),
});
export type Summary = z.infer<typeof summarySchema>;

/** The summary in a recording's folder; null: there is none that can be read. Never rejects. */
export const readSummary = async (folder: string): Promise<Summary | null> => {
  try {
    return summarySchema.safeParse(JSON.parse(await readFile(recordingLayout(folder).summary, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
};
