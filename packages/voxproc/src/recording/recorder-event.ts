import type { Hole, SegmentSidecar } from '@parley/mux';
import type { RecordingSummary, WarningCode } from '@parley/protocol';
import type { DiskReason } from './disk-failure.ts';

/** What a recorder tells its owner; synchronous, in order. */
export type RecorderEvent =
  | { readonly type: 'segment_opened'; readonly sidecar: SegmentSidecar }
  | { readonly type: 'segment_closed'; readonly sidecar: SegmentSidecar }
  | { readonly type: 'speaking_started'; readonly userId: string }
  | { readonly type: 'speaking_stopped'; readonly userId: string }
  | { readonly type: 'hole'; readonly hole: Hole }
  /** The recording ended by itself; everything written is kept. */
  | {
      readonly type: 'ended';
      readonly reason: DiskReason;
      readonly summary: RecordingSummary;
      /** The system's error code and the path it concerns. */
      readonly details: { readonly code: string; readonly path: string };
    }
  | {
      readonly type: 'warning';
      readonly code: WarningCode;
      readonly message: string;
      readonly userId?: string;
      readonly details?: Readonly<Record<string, unknown>>;
    };

/** Figures of the running recording, for `stats`; zeros while none runs. */
export interface RecorderStats {
  readonly received: number;
  readonly written: number;
  readonly lost: number;
  readonly unattributed: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** People of whom a segment was opened. */
  readonly speakers: number;
  readonly openSegments: number;
  readonly writeQueueBytes: number;
  readonly slowestWriteMs: number;
  readonly freeBytes: number | null;
}

export const noStats: RecorderStats = {
  received: 0,
  written: 0,
  lost: 0,
  unattributed: 0,
  dropped: {},
  speakers: 0,
  openSegments: 0,
  writeQueueBytes: 0,
  slowestWriteMs: 0,
  freeBytes: null,
};
