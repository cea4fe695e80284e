import { createHash } from 'node:crypto';
import type { SessionFile } from '@parley/mux';
import { type SessionCompleted, sessionCompleted } from '@parley/protocol/api';
import { heardPeople } from '../recording-view/describe.ts';

type TranscriptStatus = SessionCompleted['recording']['transcript'];

/**
 * The id of the one event of a recording: a UUID made of the recording's id (RFC 9562 §5.8), so that it is the same over all tries and
 * restarts without anything being kept.
 */
export const deliveryIdOf = (recordingSessionId: string): string => {
  const bytes = createHash('sha256').update(`session.completed ${recordingSessionId}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/**
 * What is told of a finished recording, as it is now: who was erased since an earlier try is not in it.
 * @param about `at`: when the recording had ended, epoch milliseconds; `publicUrl`: null where people reach no page
 * @returns null for a `session.json` that does not say it, such as one whose ids are not Discord's
 */
export const describeCompleted = (
  session: SessionFile,
  about: { readonly at: number; readonly transcript: TranscriptStatus; readonly publicUrl: string | null },
): SessionCompleted | null => {
  const { recordingSessionId, sessionId, guildId, channelId, channelName, startTime, durationMs, status } = session;
  const event = sessionCompleted.safeParse({
    type: 'session.completed',
    deliveryId: deliveryIdOf(recordingSessionId),
    at: about.at,
    recording: {
      ...{ id: recordingSessionId, sessionId, guildId, channelId, channelName, startTime, status },
      durationMs: durationMs ?? 0,
      people: heardPeople(session).map(({ userId, displayName, speechMs }) => ({ userId, displayName, speechMs })),
      transcript: about.transcript,
      url: about.publicUrl === null ? null : `${about.publicUrl}/s/${recordingSessionId}`,
    },
  });
  return event.data ?? null;
};
