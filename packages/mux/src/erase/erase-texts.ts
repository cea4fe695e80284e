import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import { writeJson } from '../job/write-atomically.ts';
import { systemCode } from '../mux-error.ts';
import { holdsId } from './erased-line.ts';
import { scrub } from './scrub.ts';

/** A decision about being recorded stays: it is what the erasure of the rest, or the silence after it, rests on. */
const kept: ReadonlySet<string> = new Set(['consents']);
/** Texts made from `transcript.json`, which can be made again. */
const renderings = ['transcript.md', 'transcript.vtt', 'transcript.srt', 'summary.json'];

const readText = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
};

const parseObject = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};

/**
 * Erases a person from `session.json`, and says there that the recording has to be mixed anew. One that cannot be read and names them
 * is removed: the mux makes it again from the journal. @throws the file system's error
 */
export const eraseFromSession = async ({ sessionFile }: RecordingLayout, userId: string): Promise<void> => {
  const text = await readText(sessionFile);
  if (text === null) return;
  const session = parseObject(text);
  if (session === null) {
    if (holdsId(text, userId)) await rm(sessionFile, { force: true });
    return;
  }
  const { error: _error, ...scrubbed } = scrub(session, userId, kept) as Record<string, unknown>;
  const status = scrubbed.status === 'recording' ? 'recording' : 'muxing';
  writeJson(sessionFile, { ...scrubbed, status, outputFile: null, loudness: null, mux: null });
};

/** Removes what recognizers heard of a person, and every part that does not say of whom it is. @throws the file system's error */
export const eraseTranscriptParts = async (layout: RecordingLayout, userId: string): Promise<void> => {
  const { transcriptParts, transcriptWork } = layout;
  await rm(transcriptWork, { recursive: true, force: true });
  const names = await readdir(transcriptParts).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const path = join(transcriptParts, name);
    const part = parseObject((await readText(path)) ?? '');
    if (typeof part?.userId !== 'string' || part.userId === userId) await rm(path, { force: true });
  }
};

/**
 * Erases what a person said from the transcript and its parts; texts made from it are removed, and so is one that cannot be read.
 * @throws the file system's error
 */
export const eraseFromTranscript = async (layout: RecordingLayout, userId: string): Promise<void> => {
  const { root } = layout;
  await eraseTranscriptParts(layout, userId);
  const path = join(root, 'transcript.json');
  const text = await readText(path);
  const transcript = text === null ? null : parseObject(text);
  if (transcript !== null) writeJson(path, scrub(transcript, userId));
  else await rm(path, { force: true });
  for (const name of renderings) await rm(join(root, name), { force: true });
};
