import type { Logger } from '../log.ts';
import type { SessionEndReason } from '../notify/index.ts';
import type { VoxprocClient } from '../vox/voxproc-client.ts';
import type { RecordingControl } from './recording-control.ts';

/** How long each step of leaving may take when everything is being shut down, milliseconds. */
const shutdownMs = { stop: 4000, leave: 2000, close: 2000 } as const;

export interface LeavingParts {
  readonly recording: RecordingControl;
  readonly voxproc: VoxprocClient;
  readonly takeBackStatus: () => Promise<void>;
}

/**
 * Ends a session's recording and leaves its channel. The recording first, so that nothing is recorded while the status is taken back,
 * which works from inside only. Never throws.
 */
export const leaveChannel = async (
  { recording, voxproc, takeBackStatus }: LeavingParts,
  reason: SessionEndReason,
  logger: Logger,
): Promise<void> => {
  const bounds = reason === 'shutdown' ? shutdownMs : null;
  await recording.stop(reason, {
    ...(bounds && { deadlineMs: bounds.stop }),
    halt: async () => {
      await voxproc.close(reason, bounds?.close);
      return voxproc.hasLeft;
    },
  });
  await takeBackStatus();
  if (!voxproc.isLive) return;
  try {
    await voxproc.request('session.leave', { reason }, bounds ? { deadlineMs: bounds.leave } : {});
  } catch (error) {
    logger.warn({ err: error }, 'voxproc did not leave in order');
  }
};
