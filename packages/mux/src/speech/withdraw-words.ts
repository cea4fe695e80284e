import { rm } from 'node:fs/promises';
import { transcriptRenderers } from '../export/transcript/renderers.ts';
import { timedTexts } from '../export/transcript/timed-text.ts';
import { exportWindow } from '../export/window/export-window.ts';
import { type Transcript, transcriptSchema } from '../formats/transcript.ts';
import { FolderLock } from '../job/folder-lock.ts';
import { openRecording } from '../job/open-recording.ts';
import { readJson } from '../job/read-json.ts';
import { writeAtomically, writeJson } from '../job/write-atomically.ts';
import { transcriptTexts } from './publish-transcript.ts';
import { dropPartsOf } from './transcript-parts.ts';

/** What a summary says of a recording besides what was said. */
export interface TranscribedRecording {
  readonly durationMs: number;
  /** Empty where none is known. */
  nameOf(userId: string): string;
}

/**
 * Takes what people said out of a recording's transcript: out of what recognizers heard, `transcript.json`, the texts made of it, and the
 * summary, which is made anew of what is left. A transcript that cannot be read goes as a whole. Cut off, it is done again from the start.
 * @param summaryOf what `summary.json` says of what is left @returns the transcript as it stands; null: there is none
 * @throws MuxError `busy` while somebody else works on the folder, `not_a_recording`; the file system's error
 */
export const withdrawWords = async (
  folder: string,
  without: ReadonlySet<string>,
  summaryOf: (left: Transcript, recording: TranscribedRecording) => object,
): Promise<Transcript | null> => {
  const { layout, session, view } = openRecording(folder);
  using _lock = new FolderLock(layout.root);
  await dropPartsOf(layout, without);
  const read = readJson(layout.transcript, transcriptSchema);
  if (read.found === 'missing') return null;
  await rm(layout.summary, { force: true });
  if (read.found === 'invalid') {
    for (const format of transcriptTexts) await rm(layout.transcriptText(format), { force: true });
    await rm(layout.transcript, { force: true });
    return null;
  }
  const left = { ...read.value, segments: read.value.segments.filter(({ userId }) => !without.has(userId)) };
  writeJson(layout.transcript, left);
  // Where nothing of a person may be kept is left out of what stands there already.
  const nameOf = (userId: string): string => view.people.get(userId)?.displayName ?? '';
  const speakers = [...new Set(left.segments.map(({ userId }) => userId))];
  const people = speakers.map((userId) => ({ userId, displayName: nameOf(userId), excluded: [] }));
  const durationMs = session.durationMs ?? 0;
  const end = left.segments.reduce((latest, { endSample }) => Math.max(latest, endSample), durationMs * 48);
  const texts = timedTexts(left.segments, people, exportWindow(0, Math.round(end)));
  const { channelName, startTime, recordingSessionId } = session;
  for (const format of transcriptTexts) {
    const text = transcriptRenderers[format](texts, { channelName, startTime, recordingSessionId });
    writeAtomically(layout.transcriptText(format), text);
  }
  writeJson(layout.summary, summaryOf(left, { durationMs, nameOf }));
  return left;
};
