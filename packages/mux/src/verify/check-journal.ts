import type { GatheredSegment } from '../job/gather-segments.ts';
import type { ReadJournals } from '../job/read-journals.ts';
import type { JournalView } from '../timeline/journal-view.ts';
import { type Check, holds, same } from './check.ts';

/** The checks of the journals against the files. */
export const checkJournal = (
  journals: ReadJournals,
  view: JournalView,
  recordingSessionId: string,
  segments: readonly GatheredSegment[],
  skippedFiles: ReadonlySet<string>,
): Check[] => {
  const ids = new Set(segments.map(({ sidecar }) => sidecar.segmentId));
  const withoutFile = [...view.opened].filter((id) => !ids.has(id) && !skippedFiles.has(`segments/${id}.ogg`));
  const withoutLine = [...ids].filter((id) => !view.opened.has(id));
  const otherLength = segments.filter(({ sidecar }) => {
    const samples = view.closed.get(sidecar.segmentId);
    return samples !== undefined && samples !== sidecar.samples;
  });
  const few = (list: readonly string[]): string => (list.length === 0 ? 'none' : list.slice(0, 3).join(', '));
  return [
    holds('journal', 'lines', journals.lines.length > 0, `${journals.lines.length} in ${journals.files} files`),
    holds('journal', 'unreadable lines', journals.unreadable === 0, `${journals.unreadable}`),
    holds('journal', 'start', view.started !== null, view.started === null ? 'missing' : 'there'),
    same('journal', 'recording', view.started?.recordingSessionId ?? 'none', recordingSessionId),
    holds('journal', 'opened segments without a file', withoutFile.length === 0, few(withoutFile)),
    holds('journal', 'segments it does not know', withoutLine.length === 0, few(withoutLine)),
    holds(
      'journal',
      'segments of another length',
      otherLength.length === 0,
      few(otherLength.map((one) => one.sidecar.segmentId)),
    ),
  ];
};
