import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import { writeAtomically } from '../job/write-atomically.ts';
import { MuxError, systemCode } from '../mux-error.ts';

const markSchema = z.object({ v: z.literal(1), upToSample: z.number().nonnegative().nullable() });
const markName = /^([A-Za-z0-9_-]{1,64})\.json$/;
/** Ids of people: what Parley names folders with. */
export const personId = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * A person who is to be erased from a recording. It stands in the folder as `erase/<userId>.json` from the wish until nothing of them
 * is left, so that a process that is killed meanwhile, and every mux that follows, goes on with it.
 */
export interface PersonMark {
  readonly userId: string;
  /** What they said before this sample goes, and what after it unless they agreed to be recorded again; null: everything. */
  readonly upToSample: number | null;
}

const pathOf = (layout: RecordingLayout, userId: string): string => join(layout.erasures, `${userId}.json`);

/** Who is marked. A mark that cannot be read means everything. @throws the file system's error other than "not there" */
export const readMarks = async (layout: RecordingLayout): Promise<PersonMark[]> => {
  const names = await readdir(layout.erasures).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  const people = names.flatMap((name) => markName.exec(name)?.[1] ?? []);
  return await Promise.all(people.map((userId) => readMark(layout, userId)));
};

const readMark = async (layout: RecordingLayout, userId: string): Promise<PersonMark> => {
  try {
    const { upToSample } = markSchema.parse(JSON.parse(await readFile(pathOf(layout, userId), 'utf8')));
    return { userId, upToSample };
  } catch {
    return { userId, upToSample: null };
  }
};

/**
 * Marks a person; with a mark that is there already the wider one stands. Resolves when it is on the disk.
 * @throws MuxError `not_a_person`; the file system's error
 */
export const markPerson = async (layout: RecordingLayout, mark: PersonMark): Promise<PersonMark> => {
  const { userId } = mark;
  if (!personId.test(userId)) throw new MuxError('not_a_person', `"${userId}" is not the id of a person.`);
  await mkdir(layout.erasures, { recursive: true, mode: 0o700 });
  const before = (await readMarks(layout)).find((one) => one.userId === userId);
  const upToSample =
    before?.upToSample === null || mark.upToSample === null
      ? null
      : Math.max(before?.upToSample ?? 0, Math.round(mark.upToSample));
  writeAtomically(pathOf(layout, userId), JSON.stringify({ v: 1, upToSample }));
  return { userId, upToSample };
};

/** Takes a mark away: nothing of the person is left. @throws the file system's error */
export const unmarkPerson = async (layout: RecordingLayout, userId: string): Promise<void> => {
  await rm(pathOf(layout, userId), { force: true });
  const left = await readdir(layout.erasures).catch(() => []);
  if (left.every((name) => !markName.test(name))) await rm(layout.erasures, { recursive: true, force: true });
};
