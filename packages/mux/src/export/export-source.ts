import { basename } from 'node:path';
import { type PersonMark, readMarks } from '../erase/person-mark.ts';
import { type GatheredSegment, SegmentGatherer } from '../job/gather-segments.ts';
import { isLive, type OpenRecording, openRecording } from '../job/open-recording.ts';
import { parseSegmentName, rebuildSidecar } from '../job/rebuild-sidecar.ts';
import { MuxError } from '../mux-error.ts';
import { viewJournal } from '../timeline/journal-view.ts';
import { planTimeline, type Timeline } from '../timeline/timeline.ts';

/** A speaker's audio on disk lags behind what is said by a page and what waits to be written; farther back they have stopped (2 s). */
const SPEAKING_SAMPLES = 2 * 48_000;

export interface SourceOptions {
  readonly signal?: AbortSignal | undefined;
  /** CLOCK_MONOTONIC in µs: how long a recording that is still running is by now. */
  readonly nowUs?: () => number;
}

/** A recording to be exported, read but not changed; it may still be running. */
export interface ExportSource extends OpenRecording {
  readonly timeline: Timeline;
  /** Who was to be erased when it was read: nothing of them is in the timeline up to there. */
  readonly marks: readonly PersonMark[];
  /** Whether it is still being recorded: what comes after this moment is not in. */
  readonly live: boolean;
  /** Path of a segment's audio. */
  readonly fileOf: (segmentId: string) => string;
}

/** Open segments as if their writer had stopped now: their sidecars know nothing yet of what was written since they were opened. */
const asOfNow = (segment: GatheredSegment, { view, session }: OpenRecording): GatheredSegment => {
  const { sidecar, walk, path } = segment;
  const name = parseSegmentName(sidecar.userId, basename(path, '.ogg'));
  if (sidecar.status !== 'open' || name === null) return segment;
  const { recordingSessionId, startTime } = session;
  return { ...segment, sidecar: rebuildSidecar({ left: sidecar, name, walk, view, recordingSessionId, startTime }) };
};

const lastAudioOf = (segments: readonly GatheredSegment[]): number =>
  segments.reduce((last, { sidecar, walk }) => {
    const spurt = walk.spurts.at(-1);
    return spurt === undefined ? last : Math.max(last, sidecar.startSample + spurt.from + spurt.samples);
  }, 0);

/** Where a running recording ends for now: with what was just said, or, when nobody speaks, at this moment. */
const liveEnd = (elapsedSamples: number, lastAudio: number): number =>
  lastAudio > elapsedSamples - SPEAKING_SAMPLES ? lastAudio : elapsedSamples;

/** The timeline without what is to be erased and is still on the disk. */
const withoutMarked = (timeline: Timeline, marks: readonly PersonMark[]): Timeline => {
  const marked = new Map(marks.map(({ userId, upToSample }) => [userId, upToSample ?? Number.POSITIVE_INFINITY]));
  return {
    ...timeline,
    people: timeline.people.map((person) => {
      const to = marked.get(person.userId);
      return to === undefined
        ? person
        : { ...person, excluded: [{ from: Number.NEGATIVE_INFINITY, to }, ...person.excluded] };
    }),
    markers: timeline.markers.filter(({ userId, sample }) => sample >= (marked.get(userId) ?? 0)),
  };
};

/**
 * Reads a recording for an export: its segments as they are on the disk at this moment, torn tails left out, and the plan of it.
 * Takes no lock and writes nothing, so that it may run beside the recording and beside its mux.
 * @throws MuxError `not_a_recording`, `nothing_readable`; the file system's error; the signal's reason
 */
export const openExportSource = async (folder: string, options: SourceOptions = {}): Promise<ExportSource> => {
  const opened = openRecording(folder);
  const marks = await readMarks(opened.layout);
  const live = isLive(opened) && opened.view.ended === null;
  const { layout, view, session, journals } = opened;
  const gathered = await new SegmentGatherer({
    ...{ layout, view, repair: false, signal: options.signal },
    recordingSessionId: session.recordingSessionId,
    startTime: session.startTime,
  }).run();
  if (gathered.segments.length === 0 && gathered.skipped.some(({ reason }) => reason === 'damaged')) {
    throw new MuxError('nothing_readable', `There are segments in ${layout.segments}, but none of them can be read.`);
  }
  const segments = gathered.segments.map((segment) => asOfNow(segment, opened));
  const lines = [...journals.lines];
  if (live && view.started !== null) {
    const nowUs = (options.nowUs ?? (() => Number(process.hrtime.bigint() / 1000n)))();
    const elapsed = Math.round(((nowUs - view.started.originUs) * 48) / 1000);
    const sample = Math.max(view.lastSample, liveEnd(elapsed, lastAudioOf(segments)));
    lines.push({ v: 1, at: Math.round(session.startTime + sample / 48), sample, type: 'alive' });
  }
  const timeline = planTimeline({
    segments,
    journal: lines,
    sessionSamples: session.durationMs === null ? null : Math.round(session.durationMs * 48),
  });
  const paths = new Map(segments.map(({ sidecar, path }) => [sidecar.segmentId, path]));
  const fileOf = (segmentId: string): string => paths.get(segmentId) ?? '';
  return { ...opened, view: viewJournal(lines), timeline: withoutMarked(timeline, marks), marks, live, fileOf };
};
