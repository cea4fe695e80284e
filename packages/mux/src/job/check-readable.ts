import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import { MuxError, systemCode } from '../mux-error.ts';
import { folderName, isFile, listFolder } from './list-folder.ts';

/** The newest `schema` of session.json and sidecars, and `v` of journal lines, that this version reads. */
const SCHEMA = 1;
/** A file says its schema first. */
const schemaForm = /^\s*\{\s*"schema"\s*:\s*(\d+)/;
const lineForm = /^\{"v":(\d+)/gm;
const HEAD_BYTES = 64;

const headOf = (path: string): string => {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.toString('latin1', 0, readSync(file, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
};

const refuseNewer = (path: string, version: string | undefined): void => {
  if (version === undefined || Number(version) <= SCHEMA) return;
  throw new MuxError(
    'newer_format',
    `${path} has the format ${version}; this parley-mux reads formats up to ${SCHEMA}.`,
  );
};

/** Does `work` on a file; what is not there is nothing, any other failure names the file. */
const reading = (path: string, work: () => void): void => {
  try {
    work();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return;
    if (code === null || error instanceof MuxError) throw error;
    throw new MuxError('unreadable', `${path} cannot be read (${code}).`, { cause: error });
  }
};

/**
 * Refuses a recording that this process may not read or this version does not understand, before anything is made of it. Changes
 * nothing. What is merely damaged passes: it is repaired, or skipped with its reason.
 * @throws MuxError `unreadable`, `newer_format`, each naming the file
 */
export const checkReadable = (layout: RecordingLayout): void => {
  reading(layout.root, () => listFolder(layout.root));
  reading(layout.sessionFile, () => refuseNewer(layout.sessionFile, schemaForm.exec(headOf(layout.sessionFile))?.[1]));
  reading(layout.journal, () => {
    for (const name of listFolder(layout.journal).filter((one) => one.endsWith('.jsonl'))) {
      const path = join(layout.journal, name);
      reading(path, () => {
        for (const [, version] of readFileSync(path, 'utf8').matchAll(lineForm)) refuseNewer(path, version);
      });
    }
  });
  reading(layout.segments, () => {
    for (const userId of listFolder(layout.segments).filter((name) => folderName.test(name))) {
      reading(join(layout.segments, userId), () => checkPerson(join(layout.segments, userId)));
    }
  });
};

const checkPerson = (folder: string): void => {
  for (const name of listFolder(folder)) {
    const path = join(folder, name);
    if (!isFile(path)) continue;
    if (name.endsWith('.json')) reading(path, () => refuseNewer(path, schemaForm.exec(headOf(path))?.[1]));
    else if (name.endsWith('.ogg')) reading(path, () => closeSync(openSync(path, 'r')));
  }
};
