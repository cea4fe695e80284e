import { randomFillSync } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, statfs } from 'node:fs/promises';

/** Files are for the operator's account alone. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** One file that is open for writing at its end. */
export interface RecordingFile {
  /** Bytes the file had when it was opened. */
  readonly startBytes: number;
  /** Appends bytes of all buffers in order. @returns how many were written, which may be fewer than given */
  write(buffers: readonly Uint8Array[]): Promise<number>;
  /** Waits until the data is on the disk (fdatasync). */
  sync(): Promise<void>;
  /** Cuts the file to its first `bytes`. */
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Space that nobody else can take. */
export interface KeptSpace {
  /** Gives it back; to be called once. */
  release(): Promise<void>;
}

/** What a recording needs of the file system; every method rejects with the system's error. */
export interface RecordingFs {
  /** Makes a folder and its parents, for the owner alone. */
  makeFolder(path: string): Promise<void>;
  /** Creates a file that must not exist. */
  create(path: string): Promise<RecordingFile>;
  /** Creates or empties a file. */
  overwrite(path: string): Promise<RecordingFile>;
  /** Opens a file to write at its end, creating it if need be. */
  append(path: string): Promise<RecordingFile>;
  /** Puts `from` in the place of `to`, atomically. */
  replace(from: string, to: string): Promise<void>;
  /** Removes a file if it is there. */
  remove(path: string): Promise<void>;
  /** Bytes free for an unprivileged writer on the file system of `path`. */
  freeBytes(path: string): Promise<number>;
  /** Keeps `bytes` of the disk back behind a file that has no name any more: a killed process gives them back too. */
  keepFree(path: string, bytes: number): Promise<KeptSpace>;
}

class NodeFile implements RecordingFile {
  readonly startBytes: number;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, startBytes: number) {
    this.#handle = handle;
    this.startBytes = startBytes;
  }

  async write(buffers: readonly Uint8Array[]): Promise<number> {
    const [only] = buffers;
    if (buffers.length === 1 && only !== undefined) return (await this.#handle.write(only)).bytesWritten;
    return (await this.#handle.writev([...buffers])).bytesWritten;
  }

  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  async truncate(bytes: number): Promise<void> {
    await this.#handle.truncate(bytes);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** The file system of this machine. */
export const nodeFs: RecordingFs = {
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  },
  create: async (path) => new NodeFile(await open(path, 'wx', FILE_MODE), 0),
  overwrite: async (path) => new NodeFile(await open(path, 'w', FILE_MODE), 0),
  append: async (path) => {
    const handle = await open(path, 'a', FILE_MODE);
    try {
      return new NodeFile(handle, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
  replace: rename,
  remove: (path) => rm(path, { force: true }),
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
  keepFree: async (path, bytes) => {
    const handle = await open(path, 'w', FILE_MODE);
    try {
      await rm(path);
      // Zeros would take no space on a disk that compresses.
      await handle.writeFile(randomFillSync(Buffer.allocUnsafe(bytes)));
    } catch (error) {
      await handle.close();
      throw error;
    }
    return { release: () => handle.close() };
  },
};
