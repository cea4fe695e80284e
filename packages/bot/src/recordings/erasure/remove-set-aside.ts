import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes damaged databases that a start has put aside (`parley.db.corrupt-<time>`, and their logs): nobody can take a person out of
 * them. @returns their names @throws the file system's error
 */
export const removeSetAside = async (dataDir: string): Promise<string[]> => {
  const names = (await readdir(dataDir)).filter((name) => name.startsWith('parley.db.corrupt-'));
  for (const name of names) await rm(join(dataDir, name), { force: true });
  return names;
};
