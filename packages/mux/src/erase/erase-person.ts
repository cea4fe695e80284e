import { basename } from 'node:path';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import { readJournals } from '../job/read-journals.ts';
import { MuxError } from '../mux-error.ts';
import { viewJournal } from '../timeline/journal-view.ts';
import { eraseMixes, eraseSegments, foreignFiles, removeLeftovers } from './erase-audio.ts';
import { eraseFromJournals } from './erase-journal.ts';
import { eraseFromSession, eraseFromTranscript } from './erase-texts.ts';
import { markPerson, type PersonMark, readMarks, unmarkPerson } from './person-mark.ts';

/** What was removed of one person. */
export interface Erased {
  readonly userId: string;
  readonly segments: number;
  /** Bytes of audio and sidecars. */
  readonly bytes: number;
  /** Journal lines. */
  readonly lines: number;
  /** Files in the folder that are not Parley's and were not looked into. */
  readonly foreign: readonly string[];
}

/** A mark's end: the person's whole recording, unless they agreed to be recorded again after it. */
const upToOf = (layout: RecordingLayout, { userId, upToSample }: PersonMark): number => {
  if (upToSample === null) return Number.POSITIVE_INFINITY;
  const again = viewJournal(readJournals(layout.journal).lines).consents.some(
    (line) =>
      line.userId === userId && line.sample >= upToSample && (line.state === 'opted_in' || line.state === 'noticed'),
  );
  return again ? upToSample : Number.POSITIVE_INFINITY;
};

type Step = () => Promise<Partial<Omit<Erased, 'userId'>>>;

/** A step that counts nothing. */
const uncounted = async (work: Promise<void>): Promise<Record<never, never>> => {
  await work;
  return {};
};

/**
 * What there is to do about one mark, in order; each may be done again. The mix is taken back first, so that whoever asks from then on is
 * told that there is none; the mark goes last.
 */
export const erasureSteps = (layout: RecordingLayout, mark: PersonMark, live: boolean): readonly Step[] => {
  const { userId } = mark;
  const upTo = upToOf(layout, mark);
  const audio: Step = () => eraseSegments(layout, userId, upTo);
  const lines: Step = async () => ({
    lines: await eraseFromJournals({ folder: layout.journal, userId, upTo, live }),
  });
  if (live) return [audio, lines];
  return [
    () => uncounted(eraseFromSession(layout, userId)),
    () => uncounted(eraseMixes(layout, userId)),
    audio,
    () => uncounted(eraseFromTranscript(layout, userId)),
    lines,
    () => uncounted(removeLeftovers(layout)),
    async () => ({ foreign: await foreignFiles(layout) }),
    () => uncounted(unmarkPerson(layout, userId)),
  ];
};

const eraseOne = async (layout: RecordingLayout, mark: PersonMark, live: boolean): Promise<Erased> => {
  let erased: Erased = { userId: mark.userId, segments: 0, bytes: 0, lines: 0, foreign: [] };
  for (const step of erasureSteps(layout, mark, live)) erased = { ...erased, ...(await step()) };
  return erased;
};

/**
 * Erases everybody who is marked in a recording's folder; their marks go last, so that it can be killed at any moment and run again.
 * The caller sees to it that no mux works there. What it leaves has to be mixed anew.
 * @throws the file system's error
 */
export const erasePeople = async (layout: RecordingLayout): Promise<Erased[]> => {
  const erased: Erased[] = [];
  for (const mark of await readMarks(layout)) erased.push(await eraseOne(layout, mark, false));
  return erased;
};

/**
 * Erases from a recording that is still running what its writers have finished of a person; the caller sees to it that they write
 * nothing more of them. The mark stays: the mux does the rest.
 * @throws MuxError `not_a_person`; the file system's error
 */
export const eraseFromRunning = async (layout: RecordingLayout, mark: PersonMark): Promise<Erased> =>
  await eraseOne(layout, await markPerson(layout, mark), true);

/**
 * Marks a person in a recording that has ended.
 * @throws MuxError `not_a_person`, `own_room` (the folder itself is named after the person); the file system's error
 */
export const markForErasure = async (layout: RecordingLayout, userId: string): Promise<void> => {
  if (isOwnRoom(layout, userId)) {
    throw new MuxError('own_room', `${layout.root} is the private room of this person.`);
  }
  await markPerson(layout, { userId, upToSample: null });
};

/** Whether the recording is of this person's private room, as its name says. */
export const isOwnRoom = ({ root }: RecordingLayout, userId: string): boolean =>
  basename(root).startsWith(`room-${userId}-`);
