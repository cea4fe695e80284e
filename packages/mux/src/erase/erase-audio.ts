import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import { parseSegmentName } from '../job/rebuild-sidecar.ts';
import { systemCode } from '../mux-error.ts';

/** What is in a folder; nothing in one that is not there, or is a link to somewhere else. */
const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return (await lstat(folder)).isDirectory() ? await readdir(folder) : [];
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
};

/** `<stem>.ogg`, `<stem>.json`, `<stem>.json.bad` …: where the segment begins; null when the name is none of ours. */
const startOf = (userId: string, name: string): number | null =>
  parseSegmentName(userId, name.split('.')[0] ?? '')?.startSample ?? null;

/**
 * Removes the segments of a person that begin before `upTo`, foreign files among them; the person's folder too when everything is to go.
 * @returns segments and bytes removed @throws the file system's error
 */
export const eraseSegments = async (
  layout: RecordingLayout,
  userId: string,
  upTo: number,
): Promise<{ segments: number; bytes: number }> => {
  const folder = layout.personSegments(userId);
  let segments = 0;
  let bytes = 0;
  for (const name of await namesIn(folder)) {
    if ((startOf(userId, name) ?? 0) >= upTo) continue;
    const path = join(folder, name);
    const { size } = await lstat(path);
    await rm(path, { recursive: true, force: true });
    if (name.endsWith('.ogg')) segments += 1;
    bytes += size;
  }
  if (upTo === Number.POSITIVE_INFINITY) await rm(folder, { recursive: true, force: true });
  return { segments, bytes };
};

/** Exports carry the recording's name. */
const exportsIn = async ({ root }: RecordingLayout): Promise<string[]> =>
  (await namesIn(root)).filter((name) => name.startsWith(basename(root))).map((name) => join(root, name));

/** Removes the person's track and its levels, and every mix and export: their voice is in it. @throws the file system's error */
export const eraseMixes = async (layout: RecordingLayout, userId: string): Promise<void> => {
  const doomed = [layout.mix, layout.small, layout.track(userId), layout.peaksOf(userId), ...(await exportsIn(layout))];
  for (const path of doomed.flatMap((one) => [one, `${one}.tmp`])) {
    await rm(path, { recursive: true, force: true });
  }
};

/** Unfinished files of killed writers: nobody knows what is in them. */
const leftover = /\.tmp$/;

/** Removes what killed writers left. Not while one lives. @throws the file system's error */
export const removeLeftovers = async ({ root, tracks, peaks }: RecordingLayout): Promise<void> => {
  for (const folder of [root, tracks, peaks]) {
    for (const name of (await namesIn(folder)).filter((one) => leftover.test(one))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
};

const ours: ReadonlySet<string> = new Set([
  ...['segments', 'journal', 'tracks', 'peaks', 'erase', 'session.json', 'mux.lock', 'full.ogg', 'small.ogg'],
  ...['transcript', 'transcript.json', 'transcript.md', 'transcript.vtt', 'transcript.srt', 'summary.json'],
]);

/** Files in the recording's folder that Parley did not put there; whether the person is in them, only a person can tell. */
export const foreignFiles = async ({ root }: RecordingLayout): Promise<string[]> =>
  (await namesIn(root)).filter((name) => !ours.has(name) && !leftover.test(name));
