import { z } from 'zod';
import { recordingSessionId, snowflake } from '../ids.ts';

export const count = z.int().nonnegative();
/** A position in 48 kHz samples since sample 0 of the recording. */
export const position = z.int();
/** Epoch milliseconds. */
export const epochMs = z.number().nonnegative();

/** A voice channel of a guild, and the bot's own user id there. Browser rooms arrive with the issue that brings rooms. */
export const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('discord'), guildId: snowflake, channelId: snowflake, userId: snowflake }),
]);
export type Target = z.infer<typeof target>;

/** What is known of a person in the channel. `bot: null` while the supervisor has not resolved the member. */
export const rosterEntry = z.object({
  userId: snowflake,
  username: z.string(),
  displayName: z.string(),
  bot: z.boolean().nullable(),
  muted: z.boolean(),
  optedOut: z.boolean(),
  present: z.boolean(),
});
export type RosterEntry = z.infer<typeof rosterEntry>;

/** One recording: where it goes and which instant is its sample 0. */
export const recordingSpec = z.object({
  recordingSessionId,
  /** Absolute path of the recording's folder; it exists. */
  folder: z.string().min(1),
  /** Wall clock at sample 0. */
  startTime: epochMs,
  /** CLOCK_MONOTONIC of this host at sample 0, in microseconds. */
  originUs: z.number(),
  /** Which voxproc of this recording this is, from 0: the name of its journal. */
  voxprocNumber: count,
  /** Silence by arrival that closes a segment. */
  silenceMs: z.int().min(200).max(10_000),
  /** Pages every 100 ms, each synced to disk, instead of every 500 ms. */
  durable: z.boolean(),
  /** Free space at which the recording stops. */
  minFreeBytes: count,
});
export type RecordingSpec = z.infer<typeof recordingSpec>;

/** What a recording amounted to when it ended. */
export const recordingSummary = z.object({
  recordingSessionId,
  endSample: count,
  segments: count,
  received: count,
  written: count,
  dropped: z.record(z.string(), count),
  lost: count,
  unattributed: count,
  speakers: count,
});
export type RecordingSummary = z.infer<typeof recordingSummary>;

export const connected = z.object({
  channelId: snowflake,
  encryptionMode: z.string(),
  daveVersion: count,
  /** Milliseconds from the request to: the voice server known, the socket ready, the connection ready. */
  timings: z.object({ serverMs: z.number(), readyMs: z.number() }),
});
export type Connected = z.infer<typeof connected>;

export const stats = z.object({
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
  lanes: z.object({ control: count, dropped: count }),
});
export type Stats = z.infer<typeof stats>;

/** A segment's sidecar as `@parley/mux` defines it (`segmentSidecarSchema`); the receiver validates it there. */
export const sidecar = z.record(z.string(), z.unknown());
