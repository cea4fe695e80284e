import { engineWishes } from '@parley/mux';
import { z } from 'zod';
import { agentFields } from './agent-settings.ts';
import { idList, idPattern, perGuildFields } from './guild-settings.ts';
import { memoryFields } from './memory-settings.ts';
import { musicFields } from './tool-settings.ts';
import { transcriptionFields } from './transcription-settings.ts';
import { webhookFields } from './webhook-settings.ts';

/**
 * Every setting with its default, range and description. The environment's name of a value is `PARLEY_` and its path in
 * SCREAMING_SNAKE_CASE, unless `env` in its meta says otherwise; `secret` values are masked wherever settings are printed.
 */
export const settingsSchema = z.strictObject({
  discord: z
    .strictObject({
      token: z.string().min(1).optional().meta({
        env: 'DISCORD_TOKEN',
        secret: true,
        description: 'The bot’s token. Without one, the demonstration runs.',
      }),
      clientId: z.string().regex(idPattern, 'a Discord id of 17 to 20 digits').optional().meta({
        env: 'DISCORD_CLIENT_ID',
        description: 'The application’s id (OAuth2 → Client ID), for signing in to the pages by Discord.',
      }),
      clientSecret: z.string().min(1).optional().meta({
        env: 'DISCORD_CLIENT_SECRET',
        secret: true,
        description:
          'The application’s client secret. With it, DISCORD_CLIENT_ID and PARLEY_PUBLIC_URL people sign in to the pages by Discord; `<PARLEY_PUBLIC_URL>/oauth/callback` has to be a redirect of the application.',
      }),
      apiBase: z.string().optional().meta({
        env: 'DISCORD_API_BASE',
        description:
          'Base URL of Discord’s REST API, for simulators: loopback hosts only, since the token is sent there.',
      }),
      extraCaFile: z.string().min(1).optional().meta({
        env: 'DISCORD_EXTRA_CA_FILE',
        description: 'PEM file of one more certificate authority; only together with a loopback DISCORD_API_BASE.',
      }),
    })
    .prefault({}),
  recordingsDir: z.string().min(1).default('recordings').describe('Folder of the recordings.'),
  dataDir: z.string().min(1).default('data').describe('Folder of the database, the lock and the link secret.'),
  ffmpegPath: z
    .string()
    .min(1)
    .optional()
    .meta({ env: 'FFMPEG_PATH', description: 'The ffmpeg to use; otherwise the bundled one, then the one on PATH.' }),
  mix: z
    .strictObject({
      engine: z
        .enum(engineWishes)
        .default('auto')
        .describe(
          'How the mix is made; `auto` copies what one person says alone where that is most of it, else encodes all speech anew; ffmpeg where libopus cannot be loaded.',
        ),
      jobs: z
        .int()
        .min(0)
        .max(64)
        .default(1)
        .describe('Processes that mix at once, about 40 MB for each further one; 0 = one for each core.'),
      loudness: z
        .number()
        .min(-40)
        .max(-5)
        .optional()
        .describe(
          'Loudness in LUFS that players are told to bring the mix to (-16 is usual), as far as -1 dBTP allows.',
        ),
    })
    .prefault({}),
  prefix: z
    .string()
    .min(1)
    .max(5)
    .regex(/^[^\s@#/<]+$/, 'no spaces, and none of @ # / <')
    .default('!')
    .describe('What a text command begins with, 1 to 5 characters.'),
  http: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1').describe('Address the HTTP server listens on.'),
      port: z.int().min(0).max(65_535).default(8787).describe('Port of the HTTP server; 0 = any free one.'),
      trustProxy: z
        .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
        .max(20)
        .default([])
        .describe('Addresses of proxies whose word about the caller is taken (X-Forwarded-For), comma-separated.'),
      pages: z.boolean().default(true).describe('Whether the pages and the interface behind them are served.'),
    })
    .prefault({}),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('URL under which people reach the HTTP server; with it, large recordings are handed over as links.'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe log lines that are written.'),
  logSpeech: z.boolean().default(false).describe('Whether logs may hold what people said.'),
  logFile: z
    .string()
    .min(1)
    .optional()
    .describe('File the log is written to besides standard output, rotated; `parley logs` reads it.'),
  logFileMegabytes: z
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe('Size in megabytes at which the log file is put aside and another begun.'),
  logFileCount: z.int().min(1).max(100).default(5).describe('Log files kept besides the one of now; the oldest goes.'),
  rephrase: z
    .strictObject({
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe(
          'Base URL of an OpenAI-compatible API whose model puts messages into other words, up to `/v1`; with `model`. Without it the templates are said.',
        ),
      model: z.string().min(1).optional().describe('The model that puts messages into other words.'),
      apiKey: z
        .string()
        .min(1)
        .optional()
        .meta({ secret: true, description: 'The key for that API, where it needs one.' }),
    })
    .prefault({}),
  ...transcriptionFields,
  ...webhookFields,
  ...agentFields,
  ...musicFields,
  ...memoryFields,
  voiceEnabled: z.boolean().default(true).describe('Whether Parley joins voice channels at all.'),
  blockedUserIds: idList.describe('People who may not call Parley, comma-separated ids.'),
  maxSessionsPerDay: z
    .int()
    .min(0)
    .max(240)
    .default(120)
    .describe('Sessions a guild may start within 24 hours; 0 = no limit.'),
  maxConcurrentSessions: z.int().min(1).max(64).default(3).describe('Sessions at the same time, all guilds together.'),
  segment: z
    .strictObject({
      silenceMs: z
        .int()
        .min(200)
        .max(10_000)
        .default(1000)
        .describe('Milliseconds of silence that end a stretch of speech.'),
    })
    .prefault({}),
  durable: z
    .boolean()
    .default(false)
    .describe('Sync every page to disk: at most 0.4 s are lost in a power cut, at the price of many small writes.'),
  minFreeMegabytes: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(500)
    .describe('Free disk space in megabytes at which recording stops and no session starts.'),
  warmVoxproc: z
    .boolean()
    .default(true)
    .describe('Keep one audio process booted in advance, so that a join does not wait for it.'),
  sqliteDriver: z
    .enum(['auto', 'sqlite3', 'node'])
    .default('auto')
    .describe('SQLite binding: the sqlite3 package, Node’s own, or whichever loads.'),
  ...perGuildFields,
});

export type Settings = z.infer<typeof settingsSchema>;

/** Settings from a plain object, defaults filled in; throws zod's error. For tests and embedders; a start uses `loadSettings`. */
export const parseSettings = (input: z.input<typeof settingsSchema> = {}): Settings => settingsSchema.parse(input);
