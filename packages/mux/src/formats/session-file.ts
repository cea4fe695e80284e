import { z } from 'zod';
import { holeSchema } from './hole.ts';
import { segmentSidecarSchema } from './segment-sidecar.ts';

const count = z.int().nonnegative();

/** The life of a recording on disk. Terminal: completed, partial, failed, empty. */
export const recordingStatuses = ['recording', 'muxing', 'completed', 'partial', 'failed', 'empty'] as const;
export type RecordingStatus = (typeof recordingStatuses)[number];

export const participantSchema = z.object({
  userId: z.string(),
  username: z.string(),
  displayName: z.string(),
  bot: z.boolean().nullable(),
  speechMs: z.number().nonnegative(),
});

export const skippedSchema = z.object({
  /** Path relative to the recording's folder. */
  file: z.string(),
  reason: z.enum([
    'zero_bytes',
    'header_only',
    'damaged',
    'sidecar_missing',
    'sidecar_invalid',
    'bot',
    'audio_missing',
    'opted_out',
  ]),
  /** Present when only a part is skipped: samples of audio that could not be read, the rest of the file is in. */
  lostSamples: z.int().nonnegative().optional(),
});

/** `session.json`: one recording. Written by the supervisor at start and at leave, from then on by the mux alone. */
export const sessionFileSchema = z.object({
  schema: z.literal(1),
  sessionId: z.string(),
  recordingSessionId: z.string(),
  continues: z.string().optional(),
  guildId: z.string(),
  channelId: z.string(),
  channelName: z.string(),
  startTime: count,
  endTime: count.nullable(),
  durationMs: z.number().nonnegative().nullable(),
  status: z.enum(recordingStatuses),
  /** File name of the mix in the recording's folder, null when there is none. */
  outputFile: z.string().nullable(),
  participants: z.array(participantSchema),
  segments: z.array(segmentSidecarSchema),
  skipped: z.array(skippedSchema),
  holes: z.array(holeSchema),
  markers: z.array(z.object({ sample: z.int(), userId: z.string(), text: z.string() })),
  consents: z.array(z.object({ userId: z.string(), state: z.string(), at: count, textVersion: z.int() })),
  /** EBU R128 of the mix: LUFS, LU, dBTP; null until measured. */
  loudness: z.object({ integrated: z.number(), range: z.number(), truePeak: z.number() }).nullable(),
  quality: z.object({
    received: count,
    written: count,
    lost: count,
    concealed: count,
    undecryptable: count,
    reanchors: count,
    maxDriftPpm: z.number(),
  }),
  mux: z.object({ engine: z.string(), ms: z.number(), timesRealtime: z.number() }).nullable(),
  versions: z.record(z.string(), z.string()),
  error: z.string().optional(),
});

export type SessionFile = z.infer<typeof sessionFileSchema>;
export type Participant = z.infer<typeof participantSchema>;
export type Skipped = z.infer<typeof skippedSchema>;
