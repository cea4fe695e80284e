import type { ExportFormat, MuxErrorCode } from '@parley/mux';
import type { ExportFacts } from './facts.ts';

/** Exports and clips. Ids are Discord’s; times epoch milliseconds; durations milliseconds. */
export interface ExportMessages {
  readonly export_started: {
    readonly kind: 'export' | 'clip';
    readonly format: ExportFormat;
    readonly recordingSessionId: string;
    /** Whether the recording goes on. */
    readonly live: boolean;
    /** Exports of the server that come before. */
    readonly ahead: number;
  };
  readonly export_refused: {
    readonly reason: 'no_recording' | 'not_permitted' | 'not_recording' | 'queue_full' | 'files_gone' | 'backwards';
    readonly prefix: string;
  };
  readonly export_progress: { readonly kind: 'export' | 'clip' /** 0..1 */; readonly fraction: number };
  readonly export_file: ExportFacts;
  readonly export_link: ExportFacts & { readonly url: string; readonly expiresAt: number };
  readonly export_on_host: ExportFacts & { readonly recordingSessionId: string };
  readonly export_failed: {
    readonly kind: 'export' | 'clip';
    /** `broken`: without a reason of its own. */
    readonly code: MuxErrorCode | 'broken';
  };
}
