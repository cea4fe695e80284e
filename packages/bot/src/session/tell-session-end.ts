import type { SessionEndReason } from '../notify/index.ts';
import type { Announcer } from './announcer.ts';
import type { RecordingTotals } from './recording-totals.ts';
import type { SessionInfo, SessionServices } from './session-services.ts';

export interface SessionEnd {
  readonly info: SessionInfo;
  readonly channelId: string;
  readonly reason: SessionEndReason;
  readonly totals: RecordingTotals;
}

/** Everybody who is told of a session's end: store, metrics, log, the people. */
export const tellSessionEnd = (
  { store, metrics, logger, clock, settings }: SessionServices,
  announcer: Announcer,
  { info, channelId, reason, totals }: SessionEnd,
): void => {
  const { guildId, sessionId, startedAt } = info;
  const { recordings, segments, received, written, lost, speakers } = totals;
  const endedAt = clock.now();
  const durationMs = Math.max(0, endedAt - startedAt);
  store.sessions.ended(sessionId, { endedAt, endReason: reason });
  store.actions.record({
    kind: 'voice_session_end',
    guildId,
    channelId,
    sessionId,
    fields: { reason, durationMs, recordings, segments, received, written, lost, speakers },
  });
  metrics.sessionEnds.inc({ reason });
  logger.info({ guildId, sessionId, reason, durationMs, segments, received, written, lost, speakers }, 'session ended');
  announcer.say({
    kind: 'session_ended',
    details: { reason, channelId, durationMs: totals.durationMs, recorded: recordings > 0, prefix: settings.prefix },
  });
};
