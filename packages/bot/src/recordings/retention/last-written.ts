import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { recordingLayout } from '@parley/mux';

/**
 * When a recording's journals, or its `session.json`, were last written, epoch milliseconds: the last sign that somebody records there.
 * Infinity when neither can be read, since then nothing shows that nobody does.
 */
export const lastWrittenAt = async (folder: string): Promise<number> => {
  const { journal, sessionFile } = recordingLayout(folder);
  const names = await readdir(journal).catch(() => []);
  let last = Number.NEGATIVE_INFINITY;
  for (const path of [sessionFile, ...names.map((name) => join(journal, name))]) {
    const at = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.NEGATIVE_INFINITY,
    );
    last = Math.max(last, at);
  }
  return Number.isFinite(last) ? last : Number.POSITIVE_INFINITY;
};
