import { z } from 'zod';

/** The variable in which a transcribing child finds what it is to do: keys do not belong on a command line. */
export const jobVariable = 'PARLEY_TRANSCRIBE_JOB';

const seconds = z.number().nonnegative().nullable();

/** What a transcribing child is told. */
export const jobConfigSchema = z.object({
  engine: z.object({
    provider: z.enum(['openai', 'whisper_cpp', 'pocketsphinx']),
    baseUrl: z.string(),
    model: z.string().nullable(),
    apiKey: z.string().nullable(),
    language: z.string().nullable(),
    concurrency: z.int().min(1),
    /** Path or name of a program. */
    program: z.string().nullable(),
  }),
  /** People who are left out. */
  without: z.array(z.string()),
  /** Seconds that may be paid for; null: no bound. */
  budget: z.object({ day: seconds, recording: seconds }),
  /** The model that sums up; null: the longest turns do. `without`: people whose words it does not get. */
  brain: z
    .object({
      baseUrl: z.string(),
      model: z.string(),
      apiKey: z.string().nullable(),
      without: z.array(z.string()),
    })
    .nullable(),
});
export type JobConfig = z.infer<typeof jobConfigSchema>;

/** The bound that left something out. */
export type Bound = 'day' | 'recording';
