import { z } from 'zod';
import { snowflake } from '../ids.ts';
import { recordingId, recordingStatus, transcriptStatus } from './shapes.ts';

/**
 * What is posted when a recording is finished. The header `x-parley-signature` is `t=<epoch seconds>,v1=<hex>`: HMAC-SHA-256 of
 * `<t>.<body>` under the webhook's secret; `x-parley-delivery` is the same over all tries of one event.
 */
export const sessionCompleted = z.object({
  type: z.literal('session.completed'),
  deliveryId: z.uuid(),
  at: z.number(),
  recording: z.object({
    id: recordingId,
    sessionId: z.uuid(),
    guildId: snowflake,
    channelId: snowflake,
    channelName: z.string(),
    startTime: z.number(),
    durationMs: z.number(),
    status: recordingStatus,
    people: z.array(z.object({ userId: snowflake, displayName: z.string(), speechMs: z.number() })),
    transcript: transcriptStatus,
    /** Page of the recording; null without a public URL. */
    url: z.string().nullable(),
  }),
});
export type SessionCompleted = z.infer<typeof sessionCompleted>;
