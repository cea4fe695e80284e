import { z } from 'zod';

/** A Discord snowflake: 17 to 20 digits, always a string (it exceeds 2^53). */
export const snowflakePattern = /^\d{17,20}$/;

/** `<guildId>-<channelId>-<YYYYMMDDTHHMMSSmmmZ>` for a voice channel, `room-<userId>-<time>` for a browser room. */
export const recordingSessionIdPattern = /^(?:\d{17,20}-\d{17,20}|room-\d{17,20})-\d{8}T\d{9}Z$/;

/** `<userId>/<stem>`, the stem being 12 digits of start sample, a dash, and the part. */
export const segmentIdPattern = /^\d{17,20}\/\d{12,15}-\d{1,6}$/;

export const snowflake = z
  .string()
  .regex(snowflakePattern, 'a Discord id of 17 to 20 digits')
  .meta({ id: 'snowflake', description: 'a Discord id of 17 to 20 digits', examples: ['100000000000000001'] });
export const recordingSessionId = z
  .string()
  .regex(recordingSessionIdPattern, 'a recording session id')
  .meta({
    id: 'recordingSessionId',
    description: '`<guildId>-<channelId>-<YYYYMMDDTHHMMSSmmmZ>`, the name of the recording',
    examples: ['100000000000000001-100000000000000002-20270115T080000000Z'],
  });
export const sessionId = z.uuid().meta({
  id: 'sessionId',
  description: 'the session’s UUID',
  examples: ['5b0f3c1e-6f0a-4d52-9f4e-2f0c8a7d1b3a'],
});

/** The time part of a recording session id: `startTime` (epoch ms) as UTC without separators. */
export const compactTime = (epochMs: number): string => new Date(epochMs).toISOString().replaceAll(/[-:.]/g, '');

/** The id of a recording that starts at `startTime` (epoch ms) in a guild's voice channel. */
export const recordingSessionIdOf = (guildId: string, channelId: string, startTime: number): string =>
  `${guildId}-${channelId}-${compactTime(startTime)}`;
