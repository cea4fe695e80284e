import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Megabytes of the small disk. */
const sizeMb = 8;

/** Puts a disk of a few megabytes at `path`. For root on Linux; see {@link noSmallDisk}. */
export const mountSmallDisk = (path: string): void => {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0700`, 'tmpfs', path]);
};

/** Takes it away, also while files on it are open. */
export const unmountSmallDisk = (path: string): void => {
  execFileSync('umount', ['-l', path]);
};

/** Fills the disk at `path` up to `leaveBytes`; the function it returns makes room again. */
export const fillDisk = async (path: string, leaveBytes = 0): Promise<() => Promise<void>> => {
  const ballast = join(path, 'ballast');
  const { bavail, bsize } = await statfs(path);
  await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes))).catch(() => undefined); // what was written meanwhile is missing from it
  return () => rm(ballast);
};

/** Why no small disk can be had here; undefined when it can. */
export const noSmallDisk = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'a small disk can only be mounted by root';
  const path = join(tmpdir(), `parley-small-disk-${process.pid}`);
  try {
    mountSmallDisk(path);
    return undefined;
  } catch {
    return 'no tmpfs may be mounted here';
  } finally {
    spawnSync('umount', ['-l', path]);
    spawnSync('rmdir', [path]);
  }
};
