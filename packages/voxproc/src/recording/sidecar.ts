import { type Reanchor, SAMPLE_RATE, type SegmentEnding, type SegmentSidecar } from '@parley/mux';
import type { ClockPoints } from '../receive/clock-points.ts';
import type { SegmentAccount } from './segment-account.ts';
import type { SegmentBeginning, SegmentContext } from './segment-options.ts';

/** What a segment knows of itself while it is open. */
export interface SegmentState {
  readonly beginning: SegmentBeginning;
  readonly segmentId: string;
  readonly file: string;
  /** How far the start was refined since it was opened, in samples. */
  shift: number;
  lostSamples: number;
  reanchors: Reanchor[];
  readonly account: SegmentAccount;
  readonly points: ClockPoints;
}

export interface SegmentSize {
  readonly driftPpm: number;
  readonly bytes: number;
  readonly pages: number;
}

/** The sidecar of a segment that is open (`closedBy` null) or closed. */
export const buildSidecar = (
  context: Pick<SegmentContext, 'recordingSessionId' | 'time' | 'names' | 'encryptionVersion'>,
  state: SegmentState,
  { driftPpm, bytes, pages }: SegmentSize,
  closedBy: SegmentEnding | null,
): SegmentSidecar => {
  const { beginning, account } = state;
  const { tally } = beginning;
  const startSample = beginning.startSample + state.shift;
  const { samples } = account;
  return {
    schema: 1,
    recordingSessionId: context.recordingSessionId,
    segmentId: state.segmentId,
    userId: beginning.userId,
    ...context.names(beginning.userId),
    part: beginning.part,
    ssrc: [beginning.ssrc],
    startSample,
    samples,
    startTime: context.time.timeAt(startSample),
    endTime: context.time.timeAt(startSample + samples),
    durationMs: (samples * 1000) / SAMPLE_RATE,
    file: state.file,
    packets: {
      received: tally.received,
      written: tally.written,
      dropped: { ...tally.dropped },
      lost: tally.lost,
    },
    fill: account.fill,
    lostBetween: beginning.lostBetween,
    lostSamples: state.lostSamples,
    clock: {
      rtpStart: beginning.rtpStart,
      offsetSamples: beginning.offset + state.shift,
      driftPpm,
      reanchors: state.reanchors,
      points: state.points.points.map(([rtp, arrival]) => [rtp, Math.round(arrival * 10) / 10]),
    },
    encryption: {
      version: context.encryptionVersion(),
      failures: (tally.dropped.undecryptable ?? 0) + (tally.dropped.ciphertext ?? 0),
    },
    bytes,
    pages,
    status: closedBy === null ? 'open' : 'closed',
    closedBy,
  };
};
