import { z } from 'zod';
import { dropReasons } from './drop-reason.ts';

const count = z.int().nonnegative();

/** Why a segment was closed. */
export const segmentEndings = [
  'silence',
  'max_duration',
  'clock_drift',
  'ssrc_changed',
  'reconnect',
  'opted_out',
  'paused',
  'moved',
  'leave',
  'shutdown',
  'orphaned',
  'disk_failed',
  'recovered',
] as const;

export type SegmentEnding = (typeof segmentEndings)[number];

/**
 * One re-anchoring of the RTP clock inside a segment: from `atSample` (recording clock) on, positions are RTP + `offsetSamples`.
 * `reason` says what moved it: a drift taken up in a pause, a new SSRC, an RTP jump against arrival, or lasting drift.
 */
export const reanchorSchema = z.object({
  atSample: z.int(),
  offsetSamples: z.int(),
  deltaSamples: z.int(),
  reason: z.enum(['pause', 'ssrc', 'rtp_jump', 'drift']),
});

/**
 * `<stem>.json` beside `<stem>.ogg`: everything known of one segment. Written at open (`status: open`), replaced atomically at
 * close. Positions and lengths are 48 kHz samples of the recording's clock; `…Time` are epoch milliseconds.
 */
export const segmentSidecarSchema = z.object({
  schema: z.literal(1),
  recordingSessionId: z.string().min(1),
  /** `<userId>/<stem>` */
  segmentId: z.string().min(1),
  userId: z.string().min(1),
  username: z.string(),
  displayName: z.string(),
  /** null while it is not known whether the person is a bot */
  bot: z.boolean().nullable(),
  part: z.int().positive(),
  ssrc: z.array(count),
  /** Position of the first decoded sample after pre-skip; refined until close. */
  startSample: z.int(),
  /** Samples in the file (pre-skip not subtracted): the sum of all packets' durations. */
  samples: count,
  startTime: count,
  endTime: count,
  durationMs: z.number().nonnegative(),
  /** File name of the audio, in the same folder. */
  file: z.string().min(1),
  packets: z.object({
    received: count,
    written: count,
    dropped: z.partialRecord(z.enum(dropReasons), count),
    lost: count,
  }),
  /** Samples that were filled in, by cause. */
  fill: z.object({ lossConcealed: count, lossSilence: count, pause: count }),
  /** Samples of packets lost between this segment and the one before it (their durations are not in any file). */
  lostBetween: count,
  /** Samples of all lost packets inside this segment, as RTP says: `= fill.lossConcealed + fill.lossSilence`. */
  lostSamples: count,
  clock: z.object({
    /** Unwrapped RTP timestamp (48 kHz) of the first written packet. */
    rtpStart: z.int(),
    /** `position = rtp + offsetSamples` as it was when the segment opened (refined). */
    offsetSamples: z.int(),
    driftPpm: z.number(),
    reanchors: z.array(reanchorSchema),
    /** At most one pair a second, `[unwrapped RTP, arrival in samples of the recording clock]`: the least delayed packet of that second. */
    points: z.array(z.tuple([z.int(), z.number()])),
  }),
  encryption: z.object({ version: count, failures: count }),
  bytes: count,
  pages: count,
  status: z.enum(['open', 'closed', 'recovered']),
  closedBy: z.enum(segmentEndings).nullable(),
});

export type SegmentSidecar = z.infer<typeof segmentSidecarSchema>;
export type Reanchor = z.infer<typeof reanchorSchema>;
