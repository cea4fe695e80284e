import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Clock } from '@parley/protocol';
import { childEnvironment } from './child-handle.ts';
import { settlesWithin } from './settles-within.ts';

/** A boot that takes longer than this is not waited for, milliseconds. */
const bootMs = 15_000;

/**
 * Fills a compile cache that does not exist yet: starts voxproc once without input, so that it loads its modules and goes. A child
 * that compiles its modules itself keeps 25 MB for it as long as it lives, and takes twice as long to boot. Never throws: without
 * the cache everything works, a little heavier.
 * @returns whether the cache was made now
 */
export const primeCompileCache = async (entry: string, cache: string, clock: Clock): Promise<boolean> => {
  if (existsSync(cache)) return false;
  const child = spawn(process.execPath, [entry], {
    stdio: 'ignore',
    env: { ...childEnvironment(process.env), NODE_COMPILE_CACHE: cache },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  if (!(await settlesWithin(clock, bootMs, gone))) child.kill('SIGKILL');
  return existsSync(cache);
};
