import { z } from 'zod';

/** A Discord snowflake: 17 to 20 digits, always a string (it exceeds 2^53). */
export const snowflakePattern = /^\d{17,20}$/;

/** `<guildId>-<channelId>-<YYYYMMDDTHHMMSSmmmZ>` for a voice channel, `room-<userId>-<time>` for a browser room. */
export const recordingSessionIdPattern = /^(?:\d{17,20}-\d{17,20}|room-\d{17,20})-\d{8}T\d{9}Z$/;

/** `<userId>/<stem>`, the stem being 12 digits of start sample, a dash, and the part. */
export const segmentIdPattern = /^\d{17,20}\/\d{12,15}-\d{1,6}$/;

export const snowflake = z.string().regex(snowflakePattern, 'a Discord id of 17 to 20 digits');
export const recordingSessionId = z.string().regex(recordingSessionIdPattern, 'a recording session id');
export const sessionId = z.uuid();

/** The time part of a recording session id: `startTime` (epoch ms) as UTC without separators. */
export const compactTime = (epochMs: number): string => new Date(epochMs).toISOString().replaceAll(/[-:.]/g, '');

/** The id of a recording that starts at `startTime` (epoch ms) in a guild's voice channel. */
export const recordingSessionIdOf = (guildId: string, channelId: string, startTime: number): string =>
  `${guildId}-${channelId}-${compactTime(startTime)}`;
