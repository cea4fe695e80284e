import { z } from 'zod';

/** Why nothing could be captured for a stretch of the recording, for everybody or for one person. */
export const holeReasons = [
  'voxproc_failed',
  'supervisor_down',
  'reconnecting',
  'no_datagrams',
  'server_deafened',
  'undecryptable',
  'moved',
  'paused',
  'disk_full',
  'disk_failed',
] as const;

export type HoleReason = (typeof holeReasons)[number];

/** A stretch `[fromSample, toSample)` of the recording's 48 kHz clock without capture; without `userId` it concerns everybody. */
export const holeSchema = z.object({
  fromSample: z.int().nonnegative(),
  toSample: z.int().nonnegative(),
  userId: z.string().optional(),
  reason: z.enum(holeReasons),
});

export type Hole = z.infer<typeof holeSchema>;
