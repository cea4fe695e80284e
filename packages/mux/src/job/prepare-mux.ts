import { chmodSync } from 'node:fs';
import { type Erased, erasePeople } from '../erase/erase-person.ts';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import type { SessionFile, Skipped } from '../formats/session-file.ts';
import { MuxError } from '../mux-error.ts';
import type { JournalView } from '../timeline/journal-view.ts';
import { planTimeline, type Timeline } from '../timeline/timeline.ts';
import { FolderLock } from './folder-lock.ts';
import { SegmentGatherer } from './gather-segments.ts';
import { isLive, openRecording } from './open-recording.ts';

export interface PrepareOptions {
  /** Work on a recording although an audio process seems to write into it. */
  readonly force: boolean;
  /** Whether session.json stays as it is; else what it says of the segments is left out of `session`, for it is said anew. */
  readonly keepsSession: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told the share of segments that were looked at. */
  readonly onProgress: (fraction: number) => void;
}

/**
 * What the work on a recording needs of it, and no more: what its files and journals say of thousands of segments would be in memory as
 * long as the mix is made. Holds the folder's lock until it is disposed.
 */
export interface Prepared extends Disposable {
  readonly layout: RecordingLayout;
  readonly session: SessionFile;
  /** Everything that stood in session.json, fields this version does not know included. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly view: Pick<JournalView, 'summaries'>;
  readonly timeline: Timeline;
  /** Where the audio of a segment is, by its id. */
  readonly paths: ReadonlyMap<string, string>;
  readonly skipped: readonly Skipped[];
  readonly recovered: readonly string[];
  /** People who were marked to be erased, and are. */
  readonly erased: readonly Erased[];
}

const restrict = ({ root, segments, journal }: RecordingLayout): void => {
  for (const folder of [root, segments, journal]) {
    try {
      chmodSync(folder, 0o700);
    } catch {
      // A folder that is not there, or not ours, is not the mux's to guard.
    }
  }
};

/**
 * Locks a recording, erases who is marked, repairs what a killed writer left, and plans the timeline.
 * @throws MuxError `not_a_recording`, `recording_live`, `busy`; the file system's error; the signal's reason
 */
export const prepareMux = async (folder: string, options: PrepareOptions): Promise<Prepared> => {
  const { force, keepsSession, signal, onProgress } = options;
  let recording = openRecording(folder);
  if (!force && isLive(recording)) {
    throw new MuxError('recording_live', 'This recording is still running: its audio process lives.');
  }
  using stack = new DisposableStack();
  stack.use(new FolderLock(recording.layout.root));
  restrict(recording.layout);
  const erased = await erasePeople(recording.layout);
  if (erased.length > 0) recording = openRecording(folder);
  const { layout, view, session, raw, journals } = recording;
  const { recordingSessionId, startTime, durationMs } = session;
  const { segments, skipped, recovered } = await new SegmentGatherer({
    ...{ layout, view, repair: true, recordingSessionId, startTime, signal, onProgress },
  }).run();
  const timeline = planTimeline({
    ...{ segments, journal: journals.lines },
    sessionSamples: durationMs === null ? null : Math.round(durationMs * 48),
  });
  const held = stack.move();
  return {
    ...{ layout, timeline, skipped, recovered, erased, view: { summaries: view.summaries } },
    paths: new Map(segments.map(({ sidecar, path }) => [sidecar.segmentId, path])),
    ...(keepsSession ? { session, raw } : { session: { ...session, segments: [] }, raw: { ...raw, segments: [] } }),
    [Symbol.dispose]: () => held.dispose(),
  };
};
