import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Clock } from '@parley/protocol';

/** How often a file is looked at for more, milliseconds. */
export const followEveryMs = 250;
const readBytes = 64 * 1024;

export interface FollowOptions {
  /** Where to begin, bytes. */
  readonly from: number;
  readonly clock: Pick<Clock, 'setTimeout'>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * The whole lines of a file from a position on, and those that are appended to it until the signal comes. A file put aside is read to
 * its end before the one that took its name. @throws what the file system says of a file that cannot be read
 */
export async function* followFile(path: string, { from, clock, signal }: FollowOptions): AsyncGenerator<string> {
  let position = from;
  let handle: FileHandle | null = null;
  try {
    while (!signal.aborted) {
      handle ??= await openIfThere(path);
      if (handle !== null) {
        // Asked before reading: what was written into the old file before it was put aside is read then.
        const isCurrent = await isStill(path, handle);
        const lines = linesFrom(handle, position);
        for (let next = await lines.next(); ; next = await lines.next()) {
          if (next.done === true) {
            position = next.value;
            break;
          }
          yield next.value;
        }
        if (!isCurrent) {
          await handle.close();
          handle = null;
          position = 0;
          continue;
        }
      }
      await pause(clock, signal);
    }
  } finally {
    await handle?.close();
  }
}

const openIfThere = async (path: string): Promise<FileHandle | null> => {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
};

/** Whether the name still means this file; a file that became shorter was emptied by somebody and is begun anew. */
const isStill = async (path: string, handle: FileHandle): Promise<boolean> => {
  const mine = await handle.stat();
  const named = await stat(path).catch(() => null);
  return named === null || named.ino === mine.ino;
};

/** Whole lines from a position on. @returns where the line begins that is not whole yet */
async function* linesFrom(handle: FileHandle, from: number): AsyncGenerator<string, number, undefined> {
  const { size } = await handle.stat();
  let position = size < from ? 0 : from;
  let rest = Buffer.alloc(0);
  for (let at = position; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(readBytes), 0, readBytes, at);
    if (bytesRead === 0) return position;
    at += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
      position += end + 1;
    }
  }
}

const pause = (clock: Pick<Clock, 'setTimeout'>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimeout(done, followEveryMs);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
