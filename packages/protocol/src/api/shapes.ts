import { z } from 'zod';
import { recordingSessionIdPattern, snowflake } from '../ids.ts';

/** The shapes of the pages' and builders' HTTP interface. Times are epoch milliseconds, positions milliseconds of the recording. */

export const recordingId = z.string().regex(recordingSessionIdPattern).meta({ description: 'id of a recording' });
const ms = z.number().nonnegative();
const atMs = ms.describe('milliseconds from the recording’s beginning');

export const person = z.object({
  userId: snowflake,
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
});
export type ApiPerson = z.infer<typeof person>;

/** Who is signed in. `csrf` goes back in the header `x-parley-csrf` of everything that changes something. */
export const me = z.object({ person, csrf: z.string(), expiresAt: z.number() });
export type ApiMe = z.infer<typeof me>;

export const recordingStatus = z.enum(['recording', 'muxing', 'completed', 'partial', 'failed', 'empty']);
export const transcriptStatus = z.enum(['none', 'queued', 'running', 'done', 'failed']);

export const recordingBrief = z.object({
  id: recordingId,
  guildId: snowflake,
  guildName: z.string().nullable(),
  channelName: z.string(),
  startTime: z.number(),
  durationMs: ms.nullable().describe('null while it runs'),
  status: recordingStatus,
  people: z.array(person),
  transcript: transcriptStatus,
});
export type ApiRecordingBrief = z.infer<typeof recordingBrief>;

export const lane = person.extend({
  speechMs: ms,
  /** Levels of this person's track; null until the mix is made. */
  peaksUrl: z.string().nullable(),
  trackUrl: z.string().nullable(),
});
export type ApiLane = z.infer<typeof lane>;

export const gap = z.object({ fromMs: atMs, toMs: atMs, userId: snowflake.nullable(), reason: z.string() });
export type ApiGap = z.infer<typeof gap>;
export const note = z.object({ atMs, userId: snowflake, displayName: z.string(), text: z.string() });
export const download = z.object({
  kind: z.enum(['mix', 'track', 'transcript']),
  label: z.string(),
  url: z.string(),
  bytes: z.int().nonnegative(),
});

export const recording = recordingBrief.omit({ people: true }).extend({
  lanes: z.array(lane),
  /** The mix as it can be played; null while there is none. */
  mixUrl: z.string().nullable(),
  gaps: z.array(gap),
  notes: z.array(note),
  downloads: z.array(download),
  loudness: z.object({ integrated: z.number(), range: z.number(), truePeak: z.number() }).nullable(),
  quality: z.object({ received: z.int(), lost: z.int(), concealed: z.int() }),
  deletedAt: z.number().nullable().describe('when retention will delete it; null: never'),
  summary: z.string().nullable(),
  erasing: z.boolean().describe('somebody is being erased: mix and summary come back without them'),
  /** What the one who asks may do with it. */
  may: z.object({ note: z.boolean(), export: z.boolean(), eraseSelf: z.boolean(), eraseAnybody: z.boolean() }),
});
export type ApiRecording = z.infer<typeof recording>;

/** Levels of one person's track: one byte a point, 0 to 255 of full scale, in base64. */
export const peaks = z.object({ msPerPoint: z.number().positive(), levels: z.base64() });
export type ApiPeaks = z.infer<typeof peaks>;

export const spoken = z.object({
  userId: snowflake,
  fromMs: atMs,
  toMs: atMs,
  text: z.string(),
  words: z.array(z.object({ fromMs: atMs, toMs: atMs, text: z.string() })).optional(),
});
export type ApiSpoken = z.infer<typeof spoken>;
export const transcript = z.object({
  status: transcriptStatus,
  fraction: z.number().min(0).max(1).nullable().describe('share done while it is being made'),
  segments: z.array(spoken),
});
export type ApiTranscript = z.infer<typeof transcript>;

export const searchHit = z.object({
  recordingId,
  channelName: z.string(),
  startTime: z.number(),
  userId: snowflake,
  displayName: z.string(),
  atMs,
  /** Words around the match; the match stands between `‹` and `›`. */
  excerpt: z.string(),
});
export type ApiSearchHit = z.infer<typeof searchHit>;

export const exportFormat = z.enum([
  'flac',
  'wav',
  'opus',
  'm4a',
  'mp3',
  'mix-flac',
  'labels',
  'reaper',
  'vtt',
  'srt',
  'md',
  'json',
]);
export const exportJob = z.object({
  exportId: z.uuid(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  fraction: z.number().min(0).max(1),
  url: z.string().nullable(),
  bytes: z.int().nonnegative().nullable(),
  error: z.string().nullable(),
});
export type ApiExportJob = z.infer<typeof exportJob>;

/** One event of a running recording's live view (server-sent events, event name = `type`). */
export const liveEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('state'),
    elapsedMs: ms,
    paused: z.boolean(),
    /** Those who are recorded. */
    people: z.array(person.extend({ speaking: z.boolean() })),
    /** How many others are there. */
    notRecorded: z.int().nonnegative(),
    lost: z.int().nonnegative(),
    received: z.int().nonnegative(),
    freeBytes: z.int().nonnegative().nullable(),
  }),
  z.object({ type: z.literal('spoke'), userId: snowflake, fromMs: atMs, toMs: atMs }),
  z.object({ type: z.literal('note'), note }),
  z.object({ type: z.literal('gap'), gap }),
  z.object({ type: z.literal('ended'), durationMs: ms }),
]);
export type ApiLiveEvent = z.infer<typeof liveEvent>;

export const apiErrorCodes = [
  'not_signed_in',
  'not_found',
  'not_allowed',
  'bad_request',
  'csrf',
  'rate_limited',
  'not_ready',
  'too_many',
  'internal',
] as const;
export type ApiErrorCode = (typeof apiErrorCodes)[number];
export const apiError = z.object({ error: z.enum(apiErrorCodes), message: z.string() });
export type ApiError = z.infer<typeof apiError>;
