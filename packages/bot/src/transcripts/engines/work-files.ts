import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of speech for a recognizer, and the one it may write beside it; both are gone when it is disposed. */
export interface WorkFile extends AsyncDisposable {
  readonly path: string;
  /** Path without its ending. */
  readonly stem: string;
}

/** Puts bytes where a recognizer can read them: into the recording's own folder, so that erasing and deleting reach them; it is there. */
export const workFile = async (folder: string, ending: string, bytes: Uint8Array): Promise<WorkFile> => {
  const stem = join(folder, randomUUID());
  const path = `${stem}${ending}`;
  await writeFile(path, bytes, { mode: 0o600 });
  return {
    path,
    stem,
    [Symbol.asyncDispose]: async () => {
      for (const file of [path, `${stem}.json`]) await rm(file, { force: true });
    },
  };
};
