import { rm } from 'node:fs/promises';
import { readMarks } from '../erase/person-mark.ts';
import type { ExportSource } from '../export/export-source.ts';
import { transcriptRenderers } from '../export/transcript/renderers.ts';
import { timedTexts } from '../export/transcript/timed-text.ts';
import { exportWindow } from '../export/window/export-window.ts';
import { type Transcript, type TranscriptSegment, transcriptSchema } from '../formats/transcript.ts';
import { FolderLock } from '../job/folder-lock.ts';
import { readJson } from '../job/read-json.ts';
import { writeAtomically, writeJson } from '../job/write-atomically.ts';
import { MuxError } from '../mux-error.ts';

/** What people read, and players show, beside `transcript.json`. */
export const transcriptTexts = ['md', 'vtt', 'srt'] as const;

/** Whether a person may be in a text now: nobody has asked for their erasure. */
const requireNobodyErased = async ({ layout }: ExportSource, segments: readonly TranscriptSegment[]): Promise<void> => {
  const marked = new Set((await readMarks(layout)).map(({ userId }) => userId));
  if (segments.some(({ userId }) => marked.has(userId))) {
    throw new MuxError('erased_meanwhile', `Somebody is being erased from ${layout.root}.`);
  }
};

/**
 * Puts a transcript into the recording's folder: `transcript.json` in order of time, and the texts made of it, each as a whole. What was
 * said where nothing of a person may be kept is left out of all of them. A summary of other words goes.
 * @returns the segments as they stand there
 * @throws MuxError `busy` while somebody else works on the folder, `erased_meanwhile`; the file system's error
 */
export const publishTranscript = async (
  source: ExportSource,
  transcript: Transcript,
): Promise<readonly TranscriptSegment[]> => {
  const { layout, timeline, session } = source;
  const people = new Map(timeline.people.map((person) => [person.userId, person]));
  const segments = transcript.segments
    .filter(({ userId, startSample, endSample }) =>
      people.get(userId)?.excluded.every(({ from, to }) => startSample >= to || endSample <= from),
    )
    .toSorted((a, b) => a.startSample - b.startSample || a.endSample - b.endSample);
  const window = exportWindow(0, timeline.durationSamples);
  const texts = timedTexts(segments, timeline.people, window);
  const { channelName, startTime, recordingSessionId } = session;
  using _lock = new FolderLock(layout.root);
  await requireNobodyErased(source, segments);
  const before = readJson(layout.transcript, transcriptSchema);
  const isSame = before.found === 'valid' && JSON.stringify(before.value.segments) === JSON.stringify(segments);
  if (!isSame) await rm(layout.summary, { force: true });
  writeJson(layout.transcript, { ...transcript, segments } satisfies Transcript);
  for (const format of transcriptTexts) {
    const text = transcriptRenderers[format](texts, { channelName, startTime, recordingSessionId });
    writeAtomically(layout.transcriptText(format), text);
  }
  return segments;
};

/**
 * Puts `summary.json` into the folder, made of these segments.
 * @throws MuxError `busy`, `erased_meanwhile`; the file system's error
 */
export const publishSummary = async (
  source: ExportSource,
  segments: readonly TranscriptSegment[],
  summary: object,
): Promise<void> => {
  using _lock = new FolderLock(source.layout.root);
  await requireNobodyErased(source, segments);
  writeJson(source.layout.summary, summary);
};
