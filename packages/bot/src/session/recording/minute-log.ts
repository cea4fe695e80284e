import type { Session } from '../session.ts';
import type { SessionServices } from '../session-services.ts';

/** How often a running recording is spoken of in the log, milliseconds. */
export const minuteLogMs = 60_000;

/** One line a minute in the log: who is recorded, for how long, what was lost, what is free. */
export const logEachMinute = (
  { clock, logger }: Pick<SessionServices, 'clock' | 'logger'>,
  { info, people, recording, reports }: Session,
): Disposable =>
  clock.setInterval(() => {
    const run = recording.current;
    if (!run) return;
    const { yes, no } = people.recorded;
    const { latest } = reports;
    logger.info(
      {
        guildId: info.guildId,
        sessionId: info.sessionId,
        recordingSessionId: run.recordingSessionId,
        minutes: Math.round(run.elapsedMs / 60_000),
        recorded: yes,
        notRecorded: no,
        received: latest?.received ?? 0,
        lost: latest?.lost ?? 0,
        freeBytes: latest?.freeBytes ?? null,
        paused: run.isPaused,
      },
      'recording',
    );
  }, minuteLogMs);
