import { readdirSync, statSync } from 'node:fs';
import { systemCode } from '../mux-error.ts';

/** Ids of people and rooms: what Parley names folders with. */
export const folderName = /^[A-Za-z0-9_-]{1,64}$/;

/** The names in a folder, sorted; none where there is no folder. @throws the file system's other errors */
export const listFolder = (folder: string): string[] => {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
};

/** Whether a path is a file; a folder or a socket of that name is nobody's audio. */
export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
