import type { ApiRecordingBrief } from '@parley/protocol/api';

/** A recording's state, for people. */
export const statusInWords = {
  recording: 'live',
  muxing: 'being mixed',
  completed: 'complete',
  partial: 'complete but for damaged parts',
  failed: 'the mix failed',
  empty: 'nobody spoke',
} as const satisfies Record<ApiRecordingBrief['status'], string>;
