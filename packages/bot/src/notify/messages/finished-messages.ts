import type { RecordingStatus } from '@parley/mux';

/** The finished recording. Ids are Discord’s; times epoch milliseconds; durations milliseconds. */
export interface FinishedMessages {
  readonly mux_progress: { readonly phase: string /** 0..1 */; readonly fraction: number };
  readonly mux_finished: {
    readonly status: Extract<RecordingStatus, 'completed' | 'partial'>;
    readonly durationMs: number;
    readonly speakers: number;
    readonly holes: number;
    readonly skipped: number;
    /** Packets of everybody's speech. */
    readonly received: number;
    readonly lost: number;
    /** Id of the recording where it has a page: the message has a button for that. */
    readonly page: string | null;
  };
  readonly mux_empty: { readonly durationMs: number };
  readonly mux_failed: { readonly error: string; readonly recordingSessionId: string };
  readonly delivered_file: { readonly durationMs: number; readonly sizeBytes: number };
  readonly delivered_small: { readonly limitBytes: number };
  readonly delivered_link: { readonly url: string; readonly expiresAt: number };
  readonly delivery_on_host: { readonly recordingSessionId: string };
  readonly delivery_dm_failed: { readonly requesterUserId: string };
}
