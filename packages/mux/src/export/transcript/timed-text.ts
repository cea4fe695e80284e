import { type TranscriptSegment, transcriptSchema } from '../../formats/transcript.ts';
import { readJson } from '../../job/read-json.ts';
import { MuxError } from '../../mux-error.ts';
import type { Stretch } from '../../timeline/journal-view.ts';
import type { PersonTimeline } from '../../timeline/timeline.ts';
import { plainName } from '../file-names.ts';
import { type ExportWindow, mapStretch } from '../window/export-window.ts';

export interface TimedWord extends Stretch {
  readonly text: string;
}

/** Something said, on the clock of an export: samples from its start. */
export interface TimedText extends Stretch {
  readonly userId: string;
  readonly name: string;
  /** One line. */
  readonly text: string;
  readonly words?: readonly TimedWord[];
}

/**
 * The transcript of a recording, in order.
 * @throws MuxError `transcript_missing`, `transcript_invalid`; the file system's error
 */
export const readTranscript = (path: string): readonly TranscriptSegment[] => {
  const read = readJson(path, transcriptSchema);
  switch (read.found) {
    case 'valid':
      return read.value.segments.toSorted((a, b) => a.startSample - b.startSample);
    case 'missing':
      throw new MuxError('transcript_missing', `There is no ${path}: this recording has no transcript.`);
    case 'invalid':
      throw new MuxError('transcript_invalid', `${path} is no transcript this version can read (${read.reason}).`);
  }
};

const within = (window: ExportWindow, startSample: number, endSample: number): Stretch | null => {
  const parts = mapStretch(window, { from: startSample, to: Math.max(endSample, startSample + 1) });
  const [first, last] = [parts[0], parts.at(-1)];
  return first === undefined || last === undefined ? null : { from: first.from, to: last.to };
};

/**
 * What of a transcript is in an export: what its people said within the window, as long as nothing of theirs is kept out there. A
 * stretch with words that reaches beyond the window keeps the words inside. Pure.
 */
export const timedTexts = (
  segments: readonly TranscriptSegment[],
  people: readonly Pick<PersonTimeline, 'userId' | 'displayName' | 'excluded'>[],
  window: ExportWindow,
): TimedText[] => {
  const byId = new Map(people.map((person) => [person.userId, person]));
  return segments.flatMap(({ userId, startSample, endSample, text, words }) => {
    const person = byId.get(userId);
    const place = within(window, startSample, endSample);
    if (person === undefined || place === null) return [];
    if (person.excluded.some(({ from, to }) => startSample < to && endSample > from)) return [];
    const inside = words?.flatMap((word) => {
      const at = within(window, word.startSample, word.endSample);
      return at === null ? [] : [{ ...at, text: plainName(word.text) }];
    });
    const all = inside === undefined || inside.length === words?.length;
    const said = all ? plainName(text) : inside.map((word) => word.text).join(' ');
    if (said === '') return [];
    const name = plainName(person.displayName) || userId;
    return [{ ...place, userId, name, text: said, ...(inside !== undefined && { words: inside }) }];
  });
};
