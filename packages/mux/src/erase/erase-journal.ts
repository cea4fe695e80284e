import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../mux-error.ts';
import { erasedLine } from './erased-line.ts';

const NEWLINE = 0x0a;

export interface EraseJournals {
  /** The journal's folder. */
  readonly folder: string;
  readonly userId: string;
  /** Erase what belongs before this sample. */
  readonly upTo: number;
  /** Whether their writers live: then a line without its end is still being written, and is left for later. */
  readonly live: boolean;
}

interface Patch {
  readonly at: number;
  readonly bytes: Buffer;
}

/** The places of a journal that change, each as long as what stands there. Pure. */
export const journalPatches = (content: Buffer, { userId, upTo, live }: Omit<EraseJournals, 'folder'>): Patch[] => {
  const patches: Patch[] = [];
  for (let at = 0; at < content.length; ) {
    const found = content.indexOf(NEWLINE, at);
    const end = found < 0 ? content.length : found;
    const isWhole = found >= 0 || !live;
    const erased = isWhole ? erasedLine(content.toString('utf8', at, end), userId, upTo) : null;
    if (erased !== null) {
      const bytes = Buffer.alloc(end - at, ' ');
      bytes.write(erased);
      patches.push({ at, bytes });
    }
    at = end + 1;
  }
  return patches;
};

/**
 * Erases a person from every journal of a recording, in place and without moving a byte: a writer that appends meanwhile is not
 * disturbed. @returns lines changed @throws the file system's error
 */
export const eraseFromJournals = async (options: EraseJournals): Promise<number> => {
  let entries: Dirent[];
  try {
    entries = await readdir(options.folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
  let lines = 0;
  // A link could lead anywhere.
  for (const { name } of entries.filter((one) => one.isFile() && one.name.endsWith('.jsonl'))) {
    await using file = await open(join(options.folder, name), 'r+');
    const patches = journalPatches(await file.readFile(), options);
    for (const { at, bytes } of patches) await file.write(bytes, 0, bytes.length, at);
    if (patches.length > 0) await file.datasync();
    lines += patches.length;
  }
  return lines;
};
