import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MuxError, systemCode } from '../mux-error.ts';

/** Start time of a process in clock ticks since boot (`/proc/<pid>/stat`, field 22), so that a reused id is told apart; else ''. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};

/** Whether a process of this host lives. */
export const processLives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
};

const holderLives = (path: string): boolean => {
  try {
    const [pid = '', start = ''] = readFileSync(path, 'utf8').split(' ');
    return Number(pid) > 0 && processLives(Number(pid)) && startOf(Number(pid)) === start;
  } catch {
    return false;
  }
};

/**
 * Only one mux works in a recording's folder. The lock names its process; that of a dead one is taken over.
 * @throws MuxError `busy` when another one lives; the file system's error
 */
export class FolderLock implements Disposable {
  readonly #path: string;

  constructor(root: string) {
    this.#path = join(root, 'mux.lock');
    for (let attempt = 0; ; attempt += 1) {
      try {
        const file = openSync(this.#path, 'wx', 0o600);
        writeSync(file, `${process.pid} ${startOf(process.pid)}`);
        closeSync(file);
        return;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
        if (attempt > 0 || holderLives(this.#path)) {
          throw new MuxError('busy', 'Another parley-mux works on this recording.', { cause: error });
        }
        unlinkSync(this.#path);
      }
    }
  }

  [Symbol.dispose](): void {
    try {
      unlinkSync(this.#path);
    } catch {
      // Somebody removed the folder or the lock: nothing is left to release.
    }
  }
}
