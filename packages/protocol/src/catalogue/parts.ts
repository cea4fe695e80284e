import { z } from 'zod';
import { recordingSessionId, snowflake } from '../ids.ts';

export const count = z.int().nonnegative();
export const position = z
  .int()
  .meta({ id: 'position', description: '48 kHz samples since sample 0 of the recording', examples: [48_000] });
export const epochMs = z
  .number()
  .nonnegative()
  .meta({ id: 'epochMs', description: 'epoch milliseconds', examples: [1_800_000_000_000] });
/** CLOCK_MONOTONIC is shared by the processes of one host, so an origin means the same on both sides. */
export const monotonicUs = z
  .number()
  .meta({ id: 'monotonicUs', description: 'CLOCK_MONOTONIC of this host, microseconds', examples: [1_000_000_000] });

export const target = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('discord'), guildId: snowflake, channelId: snowflake, userId: snowflake }),
  ])
  .meta({ id: 'target', description: 'a voice channel of a guild, and the bot’s own user id there' });

export const rosterEntry = z
  .object({
    userId: snowflake,
    username: z.string(),
    displayName: z.string(),
    bot: z.boolean().nullable().describe('null while the supervisor has not resolved the member'),
    muted: z.boolean(),
    optedOut: z.boolean(),
    present: z.boolean(),
  })
  .meta({ id: 'rosterEntry', description: 'what is known of a person in the channel' });
export type RosterEntry = z.infer<typeof rosterEntry>;

export const recordingSpec = z
  .object({
    recordingSessionId,
    folder: z.string().min(1).describe('absolute path of the recording’s folder; it exists'),
    startTime: epochMs.describe('wall clock at sample 0'),
    originUs: monotonicUs.describe('the monotonic clock at sample 0'),
    voxprocNumber: count.describe('which voxproc of this recording this is, from 0: the name of its journal'),
    silenceMs: z.int().min(200).max(10_000).describe('silence by arrival that closes a segment'),
    durable: z.boolean().describe('pages every 100 ms, each synced to disk, instead of every 500 ms'),
    minFreeBytes: count.describe('free space at which the recording stops'),
    paused: z.boolean().optional().describe('begin paused: nothing is written before `recording.resume`'),
  })
  .meta({ id: 'recordingSpec', description: 'one recording: where it goes and which instant is its sample 0' });
export type RecordingSpec = z.infer<typeof recordingSpec>;

export const recordingSummary = z
  .object({
    recordingSessionId,
    endSample: count,
    segments: count,
    received: count,
    written: count,
    dropped: z.record(z.string(), count).describe('packets not written, by reason'),
    lost: count,
    unattributed: count,
    speakers: count,
  })
  .meta({ id: 'recordingSummary', description: 'what a recording amounted to when it ended' });
export type RecordingSummary = z.infer<typeof recordingSummary>;

export const connected = z
  .object({
    channelId: snowflake,
    encryptionMode: z.string(),
    daveVersion: count,
    timings: z
      .object({ serverMs: z.number(), readyMs: z.number() })
      .describe('milliseconds from the request to: the voice server known, the connection ready'),
  })
  .meta({ id: 'connected', description: 'the voice connection a join or a move led to' });
export type Connected = z.infer<typeof connected>;

export const stats = z
  .object({
    connection: z.string(),
    uptimeMs: z.number(),
    rssBytes: count,
    loopDelayP99Ms: z.number(),
    received: count,
    written: count,
    lost: count,
    unattributed: count,
    dropped: z.record(z.string(), count),
    speakers: count,
    openSegments: count,
    writeQueueBytes: count,
    slowestWriteMs: z.number(),
    freeBytes: count.nullable(),
    dave: z.object({ version: count, ready: z.boolean(), privacyCode: z.string().nullable() }),
    lanes: z
      .object({ control: count, dropped: count })
      .describe('frames waiting for the supervisor, and frames dropped'),
    playout: z
      .object({
        latenessP99Ms: z.number().describe('how late frames left, of the last 10 s of playing'),
        lateFrames: count.describe('20 ms by which the schedule was moved because frames left too late'),
        droppedFrames: count.describe('frames of music and sounds not sent because nothing could be'),
        underruns: count.describe('times an utterance ran out of audio before its end'),
        speechMissing: count.describe('`speech.audio` messages that never came'),
        speechDropped: count.describe('`speech.audio` messages of no use: over, unknown, beyond what was granted'),
      })
      .optional()
      .describe('what the bot played since it joined; absent while it has played nothing'),
  })
  .meta({
    id: 'stats',
    description:
      'the figures of a voxproc; those of packets and segments are of the recording that runs, zero while none does',
  });
export type Stats = z.infer<typeof stats>;

export const sidecar = z.record(z.string(), z.unknown()).meta({
  id: 'sidecar',
  description:
    'a segment’s sidecar as `@parley/mux` defines it (`segmentSidecarSchema`); the receiver validates it there',
});

/** One stretch of a person's speech, on its way to the agent. */
export const captureId = z
  .string()
  .min(1)
  .max(64)
  .meta({
    id: 'captureId',
    description: 'names a capture; the supervisor chooses it and never uses it twice',
    examples: ['capture-1'],
  });
/** One thing the bot says. */
export const utteranceId = z
  .string()
  .min(1)
  .max(64)
  .meta({
    id: 'utteranceId',
    description: 'names an utterance; the supervisor chooses it and never uses it twice',
    examples: ['utterance-1'],
  });
export const musicId = z
  .string()
  .min(1)
  .max(64)
  .meta({
    id: 'musicId',
    description: 'names a piece of music; the supervisor chooses it and never uses it twice',
    examples: ['music-1'],
  });

/** Bytes of audio one message may carry. */
export const maxAudioBytes = 256 * 1024;

const isPcm = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array && value.length % 2 === 0 && value.length <= maxAudioBytes;

/** Decoded as a view of the frame: copy to keep. */
export const pcm = z.custom<Uint8Array>(isPcm, 'bin of whole 16-bit samples expected, at most 256 KiB').meta({
  id: 'pcm',
  format: 'bin',
  description: 'bin: s16le mono at the rate that its begin or start names; an even number of bytes, at most 256 KiB',
});

/** Fractions of full scale, 0–1. */
export const level = z.number().min(0).max(1);

export const musicSource = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('file'), path: z.string().min(1).describe('absolute path') }),
    z.object({
      kind: z.literal('url'),
      url: z.url({ protocol: /^https?$/ }).meta({ examples: ['https://media.example.org/song.ogg'] }),
      allowPrivate: z.boolean().describe('whether the host may resolve to loopback or private addresses'),
    }),
  ])
  .meta({
    id: 'musicSource',
    description: 'where music comes from; ffmpeg reads it from its standard input, never a shell',
  });
export type MusicSource = z.infer<typeof musicSource>;
