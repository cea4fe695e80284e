import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FolderLock } from '../../job/folder-lock.ts';
import { MuxError, systemCode } from '../../mux-error.ts';

const sync = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const LOCK = 'mux.lock';
/** The lock, or a draft of one that a killed export left. */
const isLock = (name: string): boolean => name === LOCK || (name.startsWith(`${LOCK}.`) && name.endsWith('.tmp'));

const removeAll = (path: string): void => rmSync(path, { recursive: true, force: true });

/**
 * The folder `<out>.tmp` in which an export is made, beside where it goes, so that the result can be renamed into place. Disposing
 * removes it with everything in it; what a killed export left is removed by the next one to the same place.
 */
export class Staging implements Disposable {
  readonly #out: string;
  /** Where the parts are made. */
  readonly folder: string;
  readonly #lock: FolderLock;
  readonly #remove: (path: string) => void;

  /** @throws MuxError `bad_output` when nothing can be written there, `busy` when another export writes there */
  constructor(out: string, remove: (path: string) => void = removeAll) {
    this.#out = out;
    this.#remove = remove;
    this.folder = `${out}.tmp`;
    if (statSync(out, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new MuxError('bad_output', `${out} is a folder; the export is a file.`);
    }
    try {
      mkdirSync(this.folder, { mode: 0o700 });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') {
        throw new MuxError('bad_output', `${out} cannot be written: ${(error as Error).message}`, { cause: error });
      }
      this.#assertOurs();
    }
    try {
      this.#lock = new FolderLock(this.folder);
    } catch (error) {
      if (!(error instanceof MuxError)) {
        this.#remove(this.folder);
        throw error;
      }
      throw new MuxError('busy', `Another export is being written to ${out}.`, { cause: error });
    }
    this.#clear();
  }

  /** A path inside. `name` is the caller's own, never a person's words. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Puts a file made here onto the disk. @throws the file system's error */
  sync(file: string): void {
    sync(file);
  }

  /** Puts a file that was synced where it belongs. @throws the file system's error */
  commit(file: string): void {
    renameSync(file, this.#out);
    sync(dirname(this.#out));
  }

  /** The lock goes last: by it the next export knows what a killed one left. */
  [Symbol.dispose](): void {
    this.#clear();
    this.#lock[Symbol.dispose]();
    try {
      rmdirSync(this.folder);
    } catch (error) {
      // Another export to the same place has taken the folder, or it is gone with what it stood in.
      const code = systemCode(error);
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
    }
  }

  #clear(): void {
    for (const name of readdirSync(this.folder)) if (name !== LOCK) this.#remove(join(this.folder, name));
  }

  /** A folder of that name that holds something else than an export's remains is not touched. */
  #assertOurs(): void {
    const names = statSync(this.folder).isDirectory() ? readdirSync(this.folder) : null;
    if (names === null || (names.length > 0 && !names.some(isLock))) {
      throw new MuxError('bad_output', `${this.folder} is in the way and not Parley's.`);
    }
  }
}
