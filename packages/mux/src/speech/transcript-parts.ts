import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { eraseTranscriptParts } from '../erase/erase-texts.ts';
import { readMarks } from '../erase/person-mark.ts';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import { readJson } from '../job/read-json.ts';
import { writeJson } from '../job/write-atomically.ts';
import { MuxError, systemCode } from '../mux-error.ts';

const stretch = { from: z.number().nonnegative(), to: z.number().nonnegative() };

/** Something heard in a chunk; times are seconds of the chunk. */
export const heardSchema = z.object({
  ...stretch,
  text: z.string(),
  words: z.array(z.object({ ...stretch, text: z.string() })).optional(),
});
export type Heard = z.infer<typeof heardSchema>;

/** `transcript/parts/<key>.json`: what a recognizer heard in one chunk. The key stands for the audio and the recognizer. */
const partSchema = z.object({ schema: z.literal(1), userId: z.string().min(1), heard: z.array(heardSchema) });

const keyForm = /^[0-9a-f]{64}$/;

const pathOf = ({ transcriptParts }: RecordingLayout, key: string): string => {
  if (!keyForm.test(key)) throw new RangeError('the key of a part is a SHA-256 in hexadecimal');
  return join(transcriptParts, `${key}.json`);
};

/** What was heard of this chunk earlier; null: it has to be recognized. @throws the file system's error */
export const readPart = (layout: RecordingLayout, userId: string, key: string): readonly Heard[] | null => {
  const read = readJson(pathOf(layout, key), partSchema);
  return read.found === 'valid' && read.value.userId === userId ? read.value.heard : null;
};

/** Makes a folder of the transcript's; never the recording's own: one that was deleted meanwhile stays deleted. @throws `ENOENT` then */
const makeInside = async ({ root }: RecordingLayout, folder: string): Promise<void> => {
  for (const path of [join(root, 'transcript'), folder]) {
    await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
  }
};

/** Makes the folder in which recognizers read and write. @throws `ENOENT` when the recording was deleted; the file system's error */
export const makeWorkFolder = async (layout: RecordingLayout): Promise<void> =>
  await makeInside(layout, layout.transcriptWork);

/**
 * Keeps what was heard of a chunk, on the disk when it resolves.
 * @throws MuxError `erased_meanwhile` when nothing of this person may be kept any more; the file system's error
 */
export const keepPart = async (
  layout: RecordingLayout,
  userId: string,
  key: string,
  heard: readonly Heard[],
): Promise<void> => {
  const isMarked = async (): Promise<boolean> => (await readMarks(layout)).some((mark) => mark.userId === userId);
  const path = pathOf(layout, key);
  await makeInside(layout, layout.transcriptParts);
  if (!(await isMarked())) {
    writeJson(path, { schema: 1, userId, heard });
    if (!(await isMarked())) return;
    // Whoever asked in between may have looked for parts before this one was there.
    await rm(path, { force: true });
  }
  throw new MuxError('erased_meanwhile', `Somebody is being erased from ${layout.root}.`);
};

/** Removes what was heard of people who are left out by now. @throws the file system's error */
export const dropPartsOf = async (layout: RecordingLayout, without: ReadonlySet<string>): Promise<void> => {
  for (const userId of without) await eraseTranscriptParts(layout, userId);
};

/** Removes parts that no transcript needs any more. @throws the file system's error */
export const dropPartsBut = async ({ transcriptParts }: RecordingLayout, keys: ReadonlySet<string>): Promise<void> => {
  const names = await readdir(transcriptParts).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    if (!keys.has(name.replace(/\.json$/, ''))) await rm(join(transcriptParts, name), { force: true });
  }
};
