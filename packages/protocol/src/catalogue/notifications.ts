import { z } from 'zod';
import { voiceEndReasonList, warningCodeList } from '../codes.ts';
import { snowflake } from '../ids.ts';
import { count, position, recordingSummary, rosterEntry, sidecar, stats } from './parts.ts';

const gatewayData = z
  .record(z.string(), z.unknown())
  .meta({ id: 'gatewayData', description: 'a gateway payload’s `d` as Discord sent it, handed on unread' });

/** Notifications of the supervisor. `lane` decides what happens under pressure (02-protocol, Channel). */
export const supervisorNotifications = {
  'gateway.voiceState': {
    says: 'VOICE_STATE_UPDATE of the bot itself',
    params: z.object({ data: gatewayData }),
    lane: 'control',
  },
  'gateway.voiceServer': { says: 'VOICE_SERVER_UPDATE', params: z.object({ data: gatewayData }), lane: 'control' },
  'gateway.available': {
    says: 'whether the shard can take a voice state update now',
    params: z.object({ available: z.boolean() }),
    lane: 'control',
  },
  'roster.changed': { says: 'a person came, went or changed', params: rosterEntry, lane: 'control' },
} as const satisfies Record<string, NotificationSpec>;

/** Notifications of voxproc. */
export const voxprocNotifications = {
  'gateway.send': {
    says: 'a payload for the main gateway: op 4 only',
    params: z.object({ payload: z.object({ op: z.literal(4), d: gatewayData }) }),
    lane: 'control',
  },
  'connection.state': {
    says: 'the state of the voice connection; `ended` carries its reason and, where there was one, the close code',
    params: z.object({
      state: z.enum(['connecting', 'ready', 'reconnecting', 'moved', 'ended']),
      reason: z.enum(voiceEndReasonList).optional(),
      code: z.int().optional(),
      attempt: count.optional(),
      channelId: snowflake.optional(),
      detail: z.string().optional().describe('what went wrong, in the library’s words'),
    }),
    lane: 'control',
  },
  'speaking.started': { says: 'a person began to speak', params: z.object({ userId: snowflake }), lane: 'coalesced' },
  'speaking.stopped': { says: 'a person stopped', params: z.object({ userId: snowflake }), lane: 'coalesced' },
  'segment.opened': { says: 'a segment was opened', params: z.object({ sidecar }), lane: 'control' },
  'segment.closed': { says: 'a segment was closed', params: z.object({ sidecar }), lane: 'control' },
  'recording.hole': {
    says: 'nothing could be captured from one sample to another',
    params: z.object({
      fromSample: position,
      toSample: position.describe('exclusive: the first sample after the hole'),
      userId: snowflake.optional(),
      reason: z.string(),
    }),
    lane: 'control',
  },
  'recording.ended': {
    says: 'the recording ended by itself: the disk is full or the folder is gone',
    params: z.object({ reason: z.enum(['disk_full', 'folder_unwritable']), summary: recordingSummary }),
    lane: 'control',
  },
  'participant.left': {
    says: 'the voice server said that a person disconnected',
    params: z.object({ userId: snowflake }),
    lane: 'control',
  },
  stats: { says: 'each 5 s', params: stats, lane: 'coalesced' },
  warning: {
    says: 'something an operator should know',
    params: z.object({
      code: z.enum(warningCodeList),
      message: z.string(),
      userId: snowflake.optional(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
    lane: 'coalesced',
  },
  fatal: {
    says: 'the last words before an exit',
    params: z.object({ code: z.string(), message: z.string() }),
    lane: 'control',
  },
} as const satisfies Record<string, NotificationSpec>;

export interface NotificationSpec {
  readonly says: string;
  readonly params: z.ZodObject;
  /** `control`: never dropped, overflow ends the link. `coalesced`: when the lane is more than half full, only the newest of its key is kept. */
  readonly lane: 'control' | 'coalesced';
}
