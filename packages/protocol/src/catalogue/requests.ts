import { z } from 'zod';
import { sessionId, snowflake } from '../ids.ts';
import {
  captureId,
  connected,
  count,
  level,
  monotonicUs,
  musicId,
  musicSource,
  position,
  recordingSpec,
  recordingSummary,
  rosterEntry,
  stats,
  target,
  utteranceId,
} from './parts.ts';

const nothing = z.object({});

/** Requests of the supervisor, answered by voxproc: payload, result, and how long an answer may take. */
export const supervisorRequests = {
  ping: {
    says: 'each second; the answer tells how the child is doing',
    params: z.object({ seq: count }),
    result: z.object({ seq: count, loopDelayP99Ms: z.number(), controlQueued: count, rssBytes: count }),
    deadlineMs: 5_000,
  },
  'session.join': {
    says: 'join a voice channel; with `recording` it goes on with that recording at once',
    params: z.object({
      sessionId,
      target,
      originUs: monotonicUs.describe('the monotonic clock at the session’s zero'),
      recording: recordingSpec.optional(),
      excluded: z.array(snowflake),
      roster: z.array(rosterEntry),
    }),
    result: connected,
    deadlineMs: 20_000,
  },
  'session.move': {
    says: 'go to another channel of the same guild; a running recording must have been stopped',
    params: z.object({ channelId: snowflake, roster: z.array(rosterEntry) }),
    result: connected,
    deadlineMs: 20_000,
  },
  'session.leave': {
    says: 'close all segments, leave the channel; the process stays',
    params: z.object({ reason: z.string() }),
    result: z.object({ summary: recordingSummary.nullable() }),
    deadlineMs: 10_000,
  },
  'recording.start': {
    says: 'from the answer on, everything said is written',
    params: z.object({ recording: recordingSpec }),
    result: z.object({ sample: position }),
    deadlineMs: 5_000,
  },
  'recording.pause': {
    says: 'close the segments and write nothing until resumed; a hole `paused` is recorded',
    params: nothing,
    result: z.object({ sample: position }),
    deadlineMs: 5_000,
  },
  'recording.resume': {
    says: 'write again, on the same sample clock',
    params: nothing,
    result: z.object({ sample: position }),
    deadlineMs: 5_000,
  },
  'recording.stop': {
    says: 'close all segments; the connection stays',
    params: z.object({ reason: z.string() }),
    result: z.object({ summary: recordingSummary }),
    deadlineMs: 10_000,
  },
  'recording.exclude': {
    says: 'stop recording a person at once: buffers emptied, segment closed; after the answer not one byte of theirs is written',
    params: z.object({ userId: snowflake }),
    result: z.object({ closedSegmentId: z.string().nullable(), discarded: count }),
    // The answer waits for the disk, and a child that has not answered is replaced: seconds of everybody's speech.
    deadlineMs: 20_000,
  },
  'recording.include': {
    says: 'record a person again from now on',
    params: z.object({ userId: snowflake }),
    result: nothing,
    deadlineMs: 5_000,
  },
  'capture.start': {
    says: 'send what one person says, from `preRollMs` before now on; one capture of a person at a time',
    params: z.object({
      userId: snowflake,
      captureId,
      sampleRate: z.int().min(8_000).max(48_000).describe('of the audio sent, Hz'),
      silenceMs: z.int().min(100).max(5_000).describe('silence by arrival that ends the capture'),
      preRollMs: z.int().min(0).max(1_000),
      maxMs: z.int().min(1_000).max(120_000).describe('speech after which the capture ends'),
    }),
    result: z.object({ position, preRollMs: z.number().describe('how much pre-roll there was') }),
    deadlineMs: 5_000,
  },
  'capture.stop': {
    says: 'end a capture now; what was heard so far is sent before the answer',
    params: z.object({ captureId }),
    result: z.object({ durationMs: z.number() }),
    deadlineMs: 5_000,
  },
  'speech.begin': {
    says: 'begin an utterance; it plays after those begun before it. The answer grants the first audio',
    params: z.object({ utteranceId, sampleRate: z.int().min(8_000).max(48_000) }),
    result: z.object({
      ms: z
        .number()
        .describe(
          'milliseconds of audio that may be sent in all, as `playback.credit`; 0 while one before it may need the whole window',
        ),
    }),
    deadlineMs: 5_000,
  },
  'speech.end': {
    says: 'no more audio follows for this utterance; it is over when all of it has been played',
    params: z.object({ utteranceId, frames: count.describe('`speech.audio` messages sent for it') }),
    result: nothing,
    deadlineMs: 5_000,
  },
  'speech.pause': {
    says: 'stop playing an utterance at once, keeping what waits of it; music goes on',
    params: z.object({ utteranceId }),
    result: z.object({ playedMs: z.number().describe('of this utterance, sent to the voice server so far') }),
    deadlineMs: 5_000,
  },
  'speech.resume': {
    says: 'go on where an utterance was paused',
    params: z.object({ utteranceId }),
    result: nothing,
    deadlineMs: 5_000,
  },
  'speech.cancel': {
    says: 'silence an utterance for good: nothing of it is played any more, whether its audio came before or comes after',
    params: z.object({ utteranceId }),
    result: z.object({
      playedMs: z.number().describe('what was sent to the voice server: what was heard'),
      trimmedMs: z.number().describe('leading silence that was left out, and is not part of `playedMs`'),
      discardedMs: z.number().describe('audio of it that was waiting'),
    }),
    deadlineMs: 5_000,
  },
  'music.play': {
    says: 'play music, in place of what plays; answered when it is accepted, `music.state` tells the rest',
    params: z.object({
      musicId,
      source: musicSource,
      ffmpegPath: z.string().min(1),
      gain: level,
      fadeInMs: z.int().min(0).max(10_000),
      duck: z
        .object({ gain: level, fadeMs: z.int().min(0).max(5_000) })
        .describe('how far music goes back while the bot speaks, and how fast'),
    }),
    result: nothing,
    deadlineMs: 5_000,
  },
  'music.pause': {
    says: 'hold the music',
    params: nothing,
    result: z.object({ positionMs: z.number() }),
    deadlineMs: 5_000,
  },
  'music.resume': {
    says: 'let it go on',
    params: nothing,
    result: z.object({ positionMs: z.number() }),
    deadlineMs: 5_000,
  },
  'music.stop': {
    says: 'end the music',
    params: z.object({ fadeMs: z.int().min(0).max(10_000) }),
    result: z.object({ positionMs: z.number() }),
    deadlineMs: 15_000,
  },
  'music.gain': {
    says: 'how loud music is, beside the ducking',
    params: z.object({ gain: level, fadeMs: z.int().min(0).max(10_000) }),
    result: nothing,
    deadlineMs: 5_000,
  },
  'sound.play': {
    says: 'play an Ogg Opus file once, only while end-to-end encryption is ready; answered when it has been played',
    params: z.object({ file: z.string().min(1) }),
    result: z.object({ playedMs: z.number(), droppedFrames: count }),
    deadlineMs: 30_000,
  },
  'voice.test': {
    says: 'keep what one person says from now on, in memory only, then play it back once; answered when it has been played',
    params: z.object({
      userId: snowflake,
      maxMs: z.int().min(1_000).max(5_000).describe('how much is kept; it is waited at most 10 s for the first word'),
    }),
    result: z.object({
      heardMs: z.number().describe('speech kept; 0: nothing was heard, and nothing was played'),
      playedMs: z.number(),
      received: count,
      lost: count.describe('packets that never came; silence stands for them'),
      unusable: count.describe('packets that came but could not be decrypted or played'),
    }),
    deadlineMs: 40_000,
  },
  'stats.get': { says: 'the figures of `stats`, now', params: nothing, result: stats, deadlineMs: 5_000 },
  shutdown: {
    says: 'leave, close everything, answer, exit 0',
    params: z.object({ reason: z.string() }),
    result: z.object({ summary: recordingSummary.nullable() }),
    deadlineMs: 8_000,
  },
} as const satisfies Record<string, RequestSpec>;

/** The only request of voxproc: the first frame it sends (see `handshake.ts`). */
export const voxprocRequests = {
  hello: {
    says: 'who the child is; answered by welcome or refused with `protocol_mismatch`',
    params: z.object({
      protocol: z.object({ major: count, minor: count }),
      version: z.string(),
      pid: count,
      node: z.string(),
      capabilities: z.array(z.string()),
    }),
    result: z.object({
      protocol: z.object({ major: count, minor: count }),
      logLevel: z.string(),
      caPem: z.string().optional().describe('extra certificate authority for loopback voice servers'),
    }),
    deadlineMs: 3_000,
  },
} as const satisfies Record<string, RequestSpec>;

export interface RequestSpec {
  readonly says: string;
  readonly params: z.ZodObject;
  readonly result: z.ZodObject;
  /** Milliseconds until `deadline_exceeded`. */
  readonly deadlineMs: number;
}
