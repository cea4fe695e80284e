import type { Session } from '../session.ts';
import type { SessionServices } from '../session-services.ts';
import { HeardLedger } from './heard-ledger.ts';

/** How often it is looked around, milliseconds. */
export const lookIntervalMs = 10_000;

/** Says, once, when nobody is heard after a recording began, or somebody never is who should be. Each recording begins anew. */
export const watchHeard = (
  { clock, logger, settings: { prefix } }: Pick<SessionServices, 'clock' | 'logger' | 'settings'>,
  session: Session,
): Disposable => {
  const nowMs = (): number => clock.monotonicUs() / 1000;
  const { announcer, people, recording, reports, sessionId } = session;
  let run = recording.current;
  let ledger = new HeardLedger(nowMs());
  return clock.setInterval(() => {
    const heard = reports.takeHeard();
    if (recording.current !== run) {
      run = recording.current;
      ledger = new HeardLedger(nowMs());
    }
    if (!run) return;
    const recorded = new Set(people.recorded.yes);
    const present = people.membership.present.map(({ userId, muted }) => ({
      userId,
      audible: !muted && recorded.has(userId),
    }));
    const { nobodyMs, userIds } = ledger.look(nowMs(), present, heard, run.isPaused || session.isDeafened);
    if (nobodyMs !== null) announcer.say({ kind: 'nothing_heard', details: { ms: nobodyMs, prefix } });
    if (userIds.length === 0) return;
    logger.warn({ sessionId, userIds }, 'people are not heard although they should be');
    announcer.say({ kind: 'person_unheard', details: { userIds, prefix } });
  }, lookIntervalMs);
};
