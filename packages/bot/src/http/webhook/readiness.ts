import type { SessionFile } from '@parley/mux';
import type { SessionCompleted } from '@parley/protocol/api';

/** A transcript is waited for this long; then the event goes without it, milliseconds. */
export const transcriptWaitMs = 24 * 3_600_000;

export interface ReadinessFacts {
  /** null: there is no `session.json` that can be read. */
  readonly status: SessionFile['status'] | null;
  readonly folderExists: boolean;
  /** People who are being erased from it. */
  readonly erasures: number;
  readonly transcript: SessionCompleted['recording']['transcript'];
  /** Whether a transcript is made of recordings of this guild. */
  readonly transcribes: boolean;
  /** Since the recording had ended, milliseconds. */
  readonly waitedMs: number;
}

/**
 * Whether the event can go. `unmixed`: whoever finishes the mix says so. `later`: nobody says so, it is looked at again. `deleted`: there
 * is nothing left to tell of.
 */
export type Readiness = 'ready' | 'unmixed' | 'later' | 'deleted';

export const readinessOf = (facts: ReadinessFacts): Readiness => {
  const { status, folderExists, erasures, transcript, transcribes, waitedMs } = facts;
  if (!folderExists) return 'deleted';
  if (status === null || status === 'recording' || status === 'muxing') return 'unmixed';
  if (erasures > 0) return 'later';
  const isUsable = status === 'completed' || status === 'partial';
  const isPending = transcript !== 'done' && transcript !== 'failed';
  return isUsable && transcribes && isPending && waitedMs < transcriptWaitMs ? 'later' : 'ready';
};
