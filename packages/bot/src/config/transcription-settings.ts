import { z } from 'zod';

const baseUrl = z.url({ protocol: /^https?$/ });

/** Settings of what is made of a recording's words: transcripts, summaries, answers. */
export const transcriptionFields = {
  transcription: z
    .strictObject({
      provider: z
        .enum(['none', 'openai', 'whisper_cpp', 'pocketsphinx'])
        .default('none')
        .describe(
          'Who turns recordings into text: nobody, any service that speaks OpenAI’s transcription API, or a program installed here.',
        ),
      baseUrl: baseUrl
        .default('https://api.openai.com/v1')
        .describe(
          'Base URL of an OpenAI-compatible transcription API, up to `/v1`; each person’s speech is sent there.',
        ),
      model: z
        .string()
        .min(1)
        .optional()
        .describe('The transcription model (`whisper-1` by default); for whisper.cpp the path of its model file.'),
      apiKey: z.string().min(1).optional().meta({
        env: 'OPENAI_API_KEY',
        secret: true,
        description: 'The key for the transcription API, where it needs one.',
      }),
      language: z
        .string()
        .regex(/^[a-z]{2,3}$/, 'a language code such as en')
        .optional()
        .describe('Language that is spoken, as a code such as `en`; without it the recognizer finds out.'),
      program: z
        .string()
        .min(1)
        .optional()
        .describe('Name or path of whisper.cpp’s or pocketsphinx’s program, where it is not found on PATH.'),
      concurrency: z.int().min(1).max(16).default(2).describe('Pieces of speech that are transcribed at once.'),
      maxMinutesPerDay: z
        .int()
        .min(0)
        .max(100_000)
        .default(600)
        .describe('Minutes of speech that are sent to the API within 24 hours; 0 = no limit. The rest waits.'),
      maxMinutesPerRecording: z
        .int()
        .min(0)
        .max(100_000)
        .default(600)
        .describe('Minutes of speech of one recording that are sent to the API; 0 = no limit. The rest is left out.'),
    })
    .prefault({}),
  brain: z
    .strictObject({
      baseUrl: baseUrl
        .optional()
        .describe(
          'Base URL of an OpenAI-compatible chat API, up to `/v1`; with `model` it sums recordings up and answers `ask`, and gets transcripts for it.',
        ),
      model: z.string().min(1).optional().describe('The text model that sums up and answers.'),
      apiKey: z
        .string()
        .min(1)
        .optional()
        .meta({ secret: true, description: 'The key for the chat API, where it needs one.' }),
    })
    .prefault({}),
} as const;
