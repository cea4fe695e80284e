import type { SessionFile, Skipped } from '../formats/session-file.ts';
import type { JournalView } from '../timeline/journal-view.ts';
import type { Timeline } from '../timeline/timeline.ts';

/** Left out on purpose: nothing of the recording is missing without them. */
const byDesign: ReadonlySet<Skipped['reason']> = new Set(['bot', 'opted_out']);

/** Whether something that belongs to the recording could not be used. */
export const somethingIsMissing = (skipped: readonly Skipped[]): boolean =>
  skipped.some(({ reason }) => !byDesign.has(reason));

/** 20 ms in samples: concealment is counted in such frames. */
const FRAME_SAMPLES = 960;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The recording's packets in one view: those of its segments, and those the journals count outside of any segment. */
export const qualityOf = (
  { segments }: Timeline,
  { summaries }: Pick<JournalView, 'summaries'>,
): SessionFile['quality'] => ({
  received: sum(segments.map((one) => one.packets.received)) + sum(summaries.map((one) => one.received)),
  written: sum(segments.map((one) => one.packets.written)),
  lost: sum(segments.map((one) => one.packets.lost)) + sum(summaries.map((one) => one.lost)),
  concealed: Math.round(sum(segments.map((one) => one.fill.lossConcealed)) / FRAME_SAMPLES),
  undecryptable: sum(
    [...segments.map((one) => one.packets), ...summaries].map((one) => one.dropped.undecryptable ?? 0),
  ),
  reanchors: sum(segments.map((one) => one.clock.reanchors.length)),
  maxDriftPpm: Math.max(0, ...segments.map((one) => Math.abs(one.clock.driftPpm))),
});

/** What the job decided; the rest of session.json follows from the timeline. */
export interface SessionOutcome {
  readonly status: 'completed' | 'partial' | 'failed' | 'empty';
  readonly outputFile: string | null;
  readonly loudness: SessionFile['loudness'];
  readonly mux: SessionFile['mux'];
  readonly error: string | null;
  readonly versions: Readonly<Record<string, string>>;
}

/** What a mux finds of a session. */
export interface SessionBefore {
  readonly session: SessionFile;
  /** Everything that stood in session.json. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly view: Pick<JournalView, 'summaries'>;
}

/** The finished session.json; fields this version does not know are kept as they are. Pure. */
export const finishSession = (
  { session, raw, view }: SessionBefore,
  timeline: Timeline,
  skipped: readonly Skipped[],
  outcome: SessionOutcome,
): SessionFile & Record<string, unknown> => {
  const durationMs = timeline.durationSamples / 48;
  const { error: _before, ...kept } = { ...raw, ...session };
  return {
    ...kept,
    durationMs,
    endTime: Math.round(session.startTime + durationMs),
    status: outcome.status,
    outputFile: outcome.outputFile,
    participants: [...timeline.participants],
    segments: [...timeline.segments],
    skipped: [...skipped],
    holes: [...timeline.holes],
    markers: [...timeline.markers],
    consents: [...timeline.consents],
    loudness: outcome.loudness,
    quality: qualityOf(timeline, view),
    mux: outcome.mux,
    versions: { ...session.versions, ...outcome.versions },
    ...(outcome.error !== null && { error: outcome.error }),
  };
};
