import { z } from 'zod';
import { dropReasons } from './drop-reason.ts';
import { holeReasons } from './hole.ts';

const line = { v: z.literal(1), at: z.int().nonnegative(), sample: z.int() };
const count = z.int().nonnegative();

/**
 * One line of `journal/*.jsonl`: what happened, `at` epoch milliseconds, at `sample` of the recording's clock. One writer per file:
 * `supervisor.jsonl` and `voxproc-<n>.jsonl` (n counts the voxprocs of this recording from 0). The mux merges by sample.
 */
export const journalLineSchema = z.discriminatedUnion('type', [
  z.object({
    ...line,
    type: z.literal('recording_started'),
    sessionId: z.string(),
    recordingSessionId: z.string(),
    guildId: z.string(),
    channelId: z.string(),
    channelName: z.string(),
    requestedByUserId: z.string(),
    originUs: z.number(),
    bootId: z.string(),
    continues: z.string().optional(),
  }),
  z.object({ ...line, type: z.literal('recording_ended'), reason: z.string() }),
  /** `startTicks`: when the process began, in clock ticks since boot; tells it from a later one with the same id. '' where unknown. */
  z.object({ ...line, type: z.literal('voxproc_joined'), pid: count, n: count, startTicks: z.string().optional() }),
  /** Nothing happened, but the recording was running: how long it was when its processes are killed while nobody speaks. */
  z.object({ ...line, type: z.literal('alive') }),
  z.object({ ...line, type: z.literal('voxproc_left'), n: count, reason: z.string() }),
  z.object({
    ...line,
    type: z.literal('participant'),
    event: z.enum(['present', 'joined', 'left']),
    userId: z.string(),
    username: z.string(),
    displayName: z.string(),
    bot: z.boolean().nullable(),
  }),
  z.object({
    ...line,
    type: z.literal('consent'),
    userId: z.string(),
    state: z.enum(['noticed', 'opted_out', 'opted_in', 'unreadable']),
    textVersion: z.int(),
  }),
  z.object({ ...line, type: z.literal('segment_opened'), segmentId: z.string() }),
  z.object({ ...line, type: z.literal('segment_refined'), segmentId: z.string(), startSample: z.int() }),
  z.object({ ...line, type: z.literal('segment_closed'), segmentId: z.string(), samples: count }),
  z.object({
    ...line,
    type: z.literal('hole'),
    fromSample: count,
    toSample: count,
    userId: z.string().optional(),
    reason: z.enum(holeReasons),
  }),
  z.object({ ...line, type: z.literal('marker'), userId: z.string(), text: z.string() }),
  z.object({ ...line, type: z.literal('pause'), on: z.boolean() }),
  /** What was received but belongs to no segment: per person after their last segment, and packets nobody could be named for. */
  z.object({
    ...line,
    type: z.literal('receive_summary'),
    received: count,
    unattributed: count,
    foreign: count,
    dropped: z.partialRecord(z.enum(dropReasons), count),
    /** Packets that never came and are in no segment's account. */
    lost: count.default(0),
    /** Packets of opted-out people: one count for the session, without an id. */
    optedOut: count,
    /** Packets of bots and of the bot itself, never decrypted. */
    bots: count,
  }),
]);

export type JournalLine = z.infer<typeof journalLineSchema>;
export type JournalLineType = JournalLine['type'];
