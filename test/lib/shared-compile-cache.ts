import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { testCompileCache } from '../../scripts/lib/compile-cache.ts';

/**
 * Has the children of a bot that will use this data folder find their code compiled where all calls of the tests keep it; the first of
 * them fills it. Saves each call more than a second of work.
 * @returns where it lies, for the bot itself
 */
export const sharedCompileCache = async (dataDir: string): Promise<string> => {
  await mkdir(testCompileCache, { recursive: true });
  await mkdir(dataDir, { mode: 0o700 });
  await symlink(testCompileCache, join(dataDir, 'compile-cache'));
  return testCompileCache;
};
