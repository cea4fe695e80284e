import { z } from 'zod';
import {
  captureEndReasonList,
  musicFailureList,
  playbackOutcomeList,
  voiceEndReasonList,
  warningCodeList,
} from '../codes.ts';
import { snowflake } from '../ids.ts';
import {
  captureId,
  count,
  epochMs,
  level,
  musicId,
  pcm,
  position,
  recordingSummary,
  rosterEntry,
  sidecar,
  stats,
  utteranceId,
} from './parts.ts';

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
  'speech.audio': {
    says: 'audio of an utterance, `seq` from 0; never more in all than was granted. For a cancelled or unknown utterance it is counted and dropped',
    params: z.object({ utteranceId, seq: count, pcm }),
    lane: 'speech',
  },
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
  'capture.audio': {
    says: 'what a person says, in order and without gaps: what is missing is concealed or silent. Levels are of this piece',
    params: z.object({
      captureId,
      userId: snowflake,
      position: position.describe('of its first sample; without a recording since the session’s zero'),
      pcm,
      peak: level,
      rms: level,
      echo: level
        .optional()
        .describe(
          'highest correlation with what the bot played in the last 2 s: of its own voice 0.6 and more, of others 0.3 and less; absent when it played nothing, and in the first quarter of a second of speech',
        ),
    }),
    lane: 'capture',
  },
  'capture.paused': {
    says: 'nothing more comes of a person for now: `silence_frames` when the client said that it stopped speaking',
    params: z.object({ captureId, userId: snowflake, position, cause: z.enum(['silence_frames', 'no_packets']) }),
    lane: 'control',
  },
  'capture.resumed': {
    says: 'the person goes on within the capture',
    params: z.object({ captureId, userId: snowflake, position }),
    lane: 'control',
  },
  'capture.ended': {
    says: 'a capture is over; all of its audio was sent before',
    params: z.object({
      captureId,
      userId: snowflake,
      reason: z.enum(captureEndReasonList),
      durationMs: z.number(),
      position: position.describe('exclusive: the first sample after it'),
    }),
    lane: 'after_capture',
  },
  'capture.overflow': {
    says: 'the supervisor did not read: the oldest audio of a person was dropped',
    params: z.object({ userId: snowflake, droppedMs: z.number() }),
    lane: 'coalesced',
  },
  'playback.started': {
    says: 'the first frame of an utterance was handed to the voice server',
    params: z.object({
      utteranceId,
      at: epochMs,
      position: position.describe('where it is in the recording'),
      trimmedMs: z.number().describe('leading silence that was left out'),
    }),
    lane: 'control',
  },
  'playback.progress': {
    says: 'each 100 ms while an utterance plays, counted in frames really sent',
    params: z.object({ utteranceId, playedMs: z.number(), bufferedMs: z.number() }),
    lane: 'coalesced',
  },
  'playback.credit': {
    says: 'how much audio of an utterance may have been sent in all, milliseconds',
    params: z.object({ utteranceId, ms: z.number() }),
    lane: 'control',
  },
  'playback.finished': {
    says: 'an utterance is over',
    params: z.object({
      utteranceId,
      playedMs: z.number(),
      trimmedMs: z.number(),
      outcome: z.enum(playbackOutcomeList),
    }),
    lane: 'control',
  },
  'music.state': {
    says: 'what became of the music',
    params: z.object({
      musicId,
      state: z.enum(['loading', 'playing', 'paused', 'ended', 'stopped', 'failed']),
      positionMs: z.number(),
      code: z.enum(musicFailureList).optional(),
      message: z.string().optional(),
    }),
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

/**
 * `control`: never dropped, overflow ends the link. `coalesced`: when the lane is more than half full, only the newest of its key is
 * kept. `capture`: at most 500 ms of audio of a person wait, the oldest is dropped and told. `after_capture`: never dropped, and never
 * before audio of the same person that was sent earlier. `speech`: as much as was granted. Audio is overtaken by everything else.
 */
export type Lane = 'control' | 'coalesced' | 'capture' | 'after_capture' | 'speech';

export interface NotificationSpec {
  readonly says: string;
  readonly params: z.ZodObject;
  readonly lane: Lane;
}
