import type { Hole, HoleReason } from '../formats/hole.ts';
import { SAMPLE_RATE } from '../formats/recording-layout.ts';

const words = {
  voxproc_failed: 'Not recorded: the audio process failed',
  supervisor_down: 'Not recorded: Parley was down',
  reconnecting: 'Not recorded: reconnecting',
  no_datagrams: 'Not recorded: no audio from the voice server',
  server_deafened: 'Not recorded: the bot was deafened',
  undecryptable: 'Not recorded: could not be decrypted',
  moved: 'Not recorded: the bot was moved',
  paused: 'Paused',
  disk_full: 'Not recorded: the disk was full',
  disk_failed: 'Not recorded: the disk failed',
} as const satisfies Record<HoleReason, string>;

/** What a chapter or a label calls a hole. */
export const chapterName = (reason: HoleReason): string => words[reason];

/** `HH:MM:SS.mmm` of a position in samples. */
export const chapterTime = (sample: number): string => {
  const ms = Math.round((sample / SAMPLE_RATE) * 1000);
  const part = (value: number, digits: number): string => String(Math.floor(value)).padStart(digits, '0');
  return `${part(ms / 3_600_000, 2)}:${part((ms / 60_000) % 60, 2)}:${part((ms / 1000) % 60, 2)}.${part(ms % 1000, 3)}`;
};

/** Three digits number a chapter, so a file holds 999 at most (Vorbis comment chapter extension). */
const MAX_CHAPTERS = 999;

/** Something a person marked in the recording. */
export interface ChapterMarker {
  readonly sample: number;
  readonly text: string;
}

/** Longest name of a chapter that is a person's words. */
const MAX_NAME = 200;

/** A person's words as a chapter's name: one line, not endless. */
const nameOf = (text: string): string =>
  text
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME) || 'Marker';

/**
 * Chapter comments of a track: one at the start of each hole, one where recording goes on, one at each marker, one at 0 when anything
 * else is marked. Without holes and markers there are none.
 */
export const chapterComments = (
  holes: readonly Hole[],
  durationSamples: number,
  markers: readonly ChapterMarker[] = [],
): Record<string, string> => {
  const marks = holes.flatMap((hole) => [
    { sample: hole.fromSample, name: chapterName(hole.reason) },
    ...(hole.toSample < durationSamples ? [{ sample: hole.toSample, name: 'Recording' }] : []),
  ]);
  marks.push(
    ...markers
      .filter(({ sample }) => sample < durationSamples)
      .map(({ sample, text }) => ({ sample: Math.max(0, sample), name: nameOf(text) })),
  );
  if (marks.length > 0 && marks.every((mark) => mark.sample > 0)) marks.unshift({ sample: 0, name: 'Recording' });
  const comments: Record<string, string> = {};
  for (const [i, mark] of marks
    .toSorted((a, b) => a.sample - b.sample)
    .slice(0, MAX_CHAPTERS)
    .entries()) {
    const key = `CHAPTER${String(i + 1).padStart(3, '0')}`;
    comments[key] = chapterTime(mark.sample);
    comments[`${key}NAME`] = mark.name;
  }
  return comments;
};
