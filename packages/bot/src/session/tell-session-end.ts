import type { SessionEndReason } from '../notify/index.ts';
import type { Announcer } from './announcer.ts';
import type { RecordingTotals } from './recording/recording-totals.ts';
import type { SessionInfo, SessionServices } from './session-services.ts';

export interface SessionEnd {
  readonly info: SessionInfo;
  readonly channelId: string;
  readonly reason: SessionEndReason;
  readonly totals: RecordingTotals;
  /** The recording that ran when it ended; null: none. */
  readonly recordingSessionId: string | null;
  /** The conversation with the agent that can be rated; null: there was none that is kept. */
  readonly threadId: string | null;
}

/** Everybody who is told of a session's end: store, metrics, log, the people. */
export const tellSessionEnd = (
  { store, metrics, logger, clock, settings, lastSessions, background }: SessionServices,
  announcer: Announcer,
  { info, channelId, reason, totals, recordingSessionId, threadId }: SessionEnd,
): void => {
  const { guildId, sessionId, originUs } = info;
  const { recordings, segments, received, written, lost, speakers } = totals;
  const endedAt = clock.now();
  // The wall clock may have been set meanwhile.
  const durationMs = Math.max(0, Math.round((clock.monotonicUs() - originUs) / 1000));
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
  const details = {
    ...{ reason, channelId, durationMs: totals.durationMs, recorded: recordings > 0, prefix: settings.prefix },
    ...(threadId === null ? {} : { threadId }),
    page: settings.http.pages ? recordingSessionId : null,
    mayContinue: lastSessions.ended({ guildId, channelId, recordingSessionId, reason }),
  };
  announcer.say({ kind: 'session_ended', details }, (sent) => {
    if (recordingSessionId === null || !details.mayContinue) return;
    const over = { kind: 'session_ended', details: { ...details, mayContinue: false } } as const;
    lastSessions.offered(guildId, recordingSessionId, () =>
      background.run('offer over', () => sent.edit(over), { guildId }),
    );
  });
};
