import type { SessionEndReason } from '../notify/index.ts';
import { settlesWithin } from '../vox/settles-within.ts';
import type { Session } from './session.ts';
import type { SessionServices } from './session-services.ts';

/** How long each step of leaving may take when everything is being shut down, milliseconds. */
const shutdownMs = { stop: 4000, leave: 2000, close: 2000 } as const;

/** How long a leave waits for the channel's status to be taken back, milliseconds. */
const takeBackMs = 1000;
/** How long a shutdown waits for the nickname to be taken back, milliseconds. */
const restoreMs = 1000;

/** Takes back the status that says that a channel is recorded. Nobody waits for a Discord that does not answer. */
export const takeBackStatus = async (
  { clock, indicator }: Pick<SessionServices, 'clock' | 'indicator'>,
  guildId: string,
): Promise<void> => {
  await settlesWithin(clock, takeBackMs, indicator.leaving(guildId));
};

/**
 * Takes back whatever shows that a guild is recorded. Once `signal` says that everything is being shut down, a Discord that does not
 * answer is not waited for: the next start takes it back.
 */
export const takeBackSign = async (
  { clock, indicator }: Pick<SessionServices, 'clock' | 'indicator'>,
  guildId: string,
  signal: AbortSignal,
): Promise<void> => {
  const restoring = indicator.restore(guildId);
  const stopping = Promise.withResolvers<void>();
  const onAbort = () => stopping.resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  await Promise.race([restoring, stopping.promise]);
  signal.removeEventListener('abort', onAbort);
  if (signal.aborted) await settlesWithin(clock, restoreMs, restoring);
};

/**
 * Ends a session's recording and leaves its channel. The recording first, so that nothing is recorded while the status is taken back,
 * which works from inside only. Never throws.
 */
export const leaveChannel = async (
  { info, recording, voxproc }: Pick<Session, 'info' | 'recording' | 'voxproc'>,
  services: Pick<SessionServices, 'clock' | 'indicator' | 'logger'>,
  reason: SessionEndReason,
): Promise<void> => {
  const bounds = reason === 'shutdown' ? shutdownMs : null;
  await recording.stop(reason, {
    ...(bounds && { deadlineMs: bounds.stop }),
    halt: async () => {
      await voxproc.close(reason, bounds?.close);
      return voxproc.hasLeft;
    },
  });
  await takeBackStatus(services, info.guildId);
  if (!voxproc.isLive) return;
  try {
    await voxproc.request('session.leave', { reason }, bounds ? { deadlineMs: bounds.leave } : {});
  } catch (error) {
    services.logger.warn({ err: error, sessionId: info.sessionId }, 'voxproc did not leave in order');
  }
};
