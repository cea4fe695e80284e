import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MuxError, systemCode } from '../mux-error.ts';
import { processLives, processStartTicks } from './process-identity.ts';

const holderLives = (path: string): boolean => {
  try {
    const [pid = '', start = ''] = readFileSync(path, 'utf8').split(' ');
    return Number(pid) > 0 && processLives(Number(pid), start);
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
        this.#take();
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

  /** A lock that could not be written names nobody, and is not left. */
  #take(): void {
    const file = openSync(this.#path, 'wx', 0o600);
    try {
      writeSync(file, `${process.pid} ${processStartTicks(process.pid)}`);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    } finally {
      closeSync(file);
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
