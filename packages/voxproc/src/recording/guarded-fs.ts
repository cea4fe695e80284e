import type { RecordingFile, RecordingFs } from './recording-fs.ts';

/** What a recording does to its disk. */
export type FsOperation = keyof RecordingFs | 'write' | 'sync' | 'truncate' | 'close' | 'release';

/**
 * Runs one operation on `path` and answers for it: may run it again, fail it, or give it up. `undo` takes back a result that comes
 * when nobody waits for it any more.
 */
export type Guard = <T>(
  operation: FsOperation,
  path: string,
  run: () => Promise<T>,
  undo?: (result: T) => Promise<void>,
) => Promise<T>;

const guardedFile = (file: RecordingFile, path: string, guard: Guard): RecordingFile => ({
  startBytes: file.startBytes,
  write: (buffers) => guard('write', path, () => file.write(buffers)),
  sync: () => guard('sync', path, () => file.sync()),
  truncate: (bytes) => guard('truncate', path, () => file.truncate(bytes)),
  close: () => guard('close', path, () => file.close()),
});

/** A file system of which every operation goes through `guard`. */
export const guardFs = (fs: RecordingFs, guard: Guard): RecordingFs => {
  const opened =
    (how: 'create' | 'overwrite' | 'append') =>
    async (path: string): Promise<RecordingFile> => {
      const file = await guard(
        how,
        path,
        () => fs[how](path),
        (late) => late.close(),
      );
      return guardedFile(file, path, guard);
    };
  return {
    makeFolder: (path) => guard('makeFolder', path, () => fs.makeFolder(path)),
    create: opened('create'),
    overwrite: opened('overwrite'),
    append: opened('append'),
    replace: (from, to) => guard('replace', to, () => fs.replace(from, to)),
    remove: (path) => guard('remove', path, () => fs.remove(path)),
    freeBytes: (path) => guard('freeBytes', path, () => fs.freeBytes(path)),
    keepFree: async (path, bytes) => {
      const kept = await guard(
        'keepFree',
        path,
        () => fs.keepFree(path, bytes),
        (late) => late.release(),
      );
      return { release: () => guard('release', path, () => kept.release()) };
    },
  };
};
