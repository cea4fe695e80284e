import { open } from 'node:fs/promises';
import { pageFlag, sealPage } from './page.ts';
import type { OpusWalk } from './walk.ts';

/** What a repair did to a file. */
export interface Repair {
  /** Bytes of an unfinished page that were cut off the end. */
  readonly cutBytes: number;
  /** Whether the last page was given the end-of-stream flag. */
  readonly endMarked: boolean;
}

/**
 * Makes a file whose writer was killed a whole one: cuts it after its last intact page and sets the end-of-stream flag there,
 * in place, with its checksum. Does nothing to a file that is whole or has no audio. Safe to be killed and run again.
 * @param walk what `walkOpusFile` found in exactly this file
 * @throws the file system's error
 */
export const repairOpusFile = async (path: string, walk: OpusWalk): Promise<Repair> => {
  const last = walk.lastAudioPage;
  const cutBytes = last === null ? 0 : walk.fileBytes - walk.intactBytes;
  const endMarked = last !== null && !walk.ended;
  if (last === null || (cutBytes === 0 && !endMarked)) {
    return { cutBytes: 0, endMarked: false };
  }
  await using file = await open(path, 'r+');
  if (cutBytes > 0) {
    await file.truncate(walk.intactBytes);
  }
  if (endMarked) {
    const page = Buffer.alloc(last.length);
    await file.read(page, 0, page.length, last.offset);
    page[5] = (page[5] as number) | pageFlag.eos;
    sealPage(page);
    // The header alone changes; one short write leaves no torn page behind.
    await file.write(page, 0, 27, last.offset);
  }
  await file.datasync();
  return { cutBytes, endMarked };
};
