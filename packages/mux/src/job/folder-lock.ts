import { randomUUID } from 'node:crypto';
import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MuxError, systemCode } from '../mux-error.ts';
import { currentBootId, processLives, processStartTicks } from './process-identity.ts';

/** Who holds a lock, as it says itself; null: there is none. */
const readHolder = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/** A lock that names nobody was torn by a power cut; one without a boot is of an older version. */
const lives = (holder: string): boolean => {
  const [pid = '', start = '', , boot = ''] = holder.split(' ');
  const now = currentBootId();
  if (boot !== '' && now !== null && boot !== now) return false;
  return Number(pid) > 0 && processLives(Number(pid), start);
};

/** What the system answers where the file system knows no hard links. */
const noLinks: ReadonlySet<string | null> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** Gives a file a second name, with its content at once. @throws EEXIST when there is one of that name */
const addName = (file: string, path: string): void => {
  try {
    linkSync(file, path);
  } catch (error) {
    if (!noLinks.has(systemCode(error))) throw error;
    copyFileSync(file, path, constants.COPYFILE_EXCL);
  }
};

/**
 * Only one mux works in a recording's folder. The lock names its process; that of a dead one is taken over.
 * @throws MuxError `busy` when another one lives; the file system's error
 */
export class FolderLock implements Disposable {
  readonly #path: string;
  /** Process, its start, which of its locks this is, and the boot; '' where that is not known. */
  readonly #self = `${process.pid} ${processStartTicks(process.pid)} ${randomUUID()} ${currentBootId() ?? ''}`;

  constructor(root: string) {
    this.#path = join(root, 'mux.lock');
    const draft = this.#aside();
    try {
      writeFileSync(draft, this.#self, { flag: 'wx', mode: 0o600 });
      if (this.#take(draft)) return;
      const holder = readHolder(this.#path);
      if (holder !== null && !lives(holder)) this.#takeAway(holder);
      if (holder !== null && lives(holder)) throw this.#busy();
      if (!this.#take(draft)) throw this.#busy();
    } finally {
      rmSync(draft, { force: true });
    }
  }

  #busy(): MuxError {
    return new MuxError('busy', 'Another parley-mux works on this recording.');
  }

  /** A name of its own; what a killed process leaves there is cleared away as every draft is. */
  #aside(): string {
    return `${this.#path}.${randomUUID()}.tmp`;
  }

  /** @returns whether it is ours now; not when there is one already, or its holder has cleared the draft away */
  #take(draft: string): boolean {
    try {
      addName(draft, this.#path);
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST' || systemCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /**
   * Removes a dead holder's lock. Of several that try only one gets it by its name; should it turn out to be another's, made in
   * between, it goes back.
   */
  #takeAway(dead: string): void {
    const aside = this.#aside();
    try {
      renameSync(this.#path, aside);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return;
      throw error;
    }
    try {
      if (readHolder(aside) !== dead) this.#take(aside);
    } finally {
      rmSync(aside, { force: true });
    }
  }

  [Symbol.dispose](): void {
    try {
      if (readHolder(this.#path) === this.#self) rmSync(this.#path, { force: true });
    } catch {
      // Nobody may read or remove it any more: it names a process that will have ended.
    }
  }
}
