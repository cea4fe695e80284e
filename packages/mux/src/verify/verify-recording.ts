import { readMarks } from '../erase/person-mark.ts';
import { SegmentGatherer } from '../job/gather-segments.ts';
import { openRecording } from '../job/open-recording.ts';
import { planTimeline, type Timeline } from '../timeline/timeline.ts';
import { type Check, holds } from './check.ts';
import { checkJournal } from './check-journal.ts';
import { checkPeople } from './check-people.ts';
import { checkCiphertext, checkSegment } from './check-segment.ts';
import { checkSession } from './check-session.ts';

export interface VerifyReport {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly timeline: Timeline;
}

/** Left out by design; not a fault of the recording. */
const expectedSkips: ReadonlySet<string> = new Set(['bot', 'opted_out']);

/**
 * Checks everything a recording's folder claims against what is in its files: accounting, pages, lengths, alignment, journals, mix.
 * Changes nothing.
 * @throws MuxError `not_a_recording`; the file system's error
 */
export const verifyRecording = async (folder: string, signal?: AbortSignal): Promise<VerifyReport> => {
  const recording = openRecording(folder);
  const { layout, view, session, journals } = recording;
  const { recordingSessionId, startTime } = session;
  const gathered = await new SegmentGatherer({
    layout,
    view,
    recordingSessionId,
    startTime,
    repair: false,
    signal,
  }).run();
  const timeline = planTimeline({
    segments: gathered.segments,
    journal: journals.lines,
    sessionSamples: session.durationMs === null ? null : Math.round(session.durationMs * 48),
  });
  const skipped = [...gathered.skipped, ...timeline.skipped];
  const marks = await readMarks(layout);
  const files = new Set(skipped.map(({ file }) => file));
  const checks = [
    ...gathered.segments.flatMap(({ sidecar, sidecarFound, walk }) => [
      holds(sidecar.segmentId, 'sidecar', sidecarFound === 'valid', sidecarFound),
      ...checkSegment(sidecar, walk),
    ]),
    ...skipped.map(({ file, reason }) => holds(file, 'usable', expectedSkips.has(reason), reason)),
    checkCiphertext(gathered.segments.map(({ walk }) => walk)),
    ...checkJournal(journals, view, recordingSessionId, gathered.segments, files),
    ...checkPeople(timeline, layout, gathered.segments),
    ...checkSession(recording, timeline),
    holds('erase', 'people still to be erased', marks.length === 0, `${marks.length}`),
  ];
  return { ok: checks.every((check) => check.ok), checks, timeline };
};
