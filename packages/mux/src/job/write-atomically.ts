import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { jsonPieces } from './json-pieces.ts';

const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

/** Characters that are gathered before they are written. */
const BATCH_CHARACTERS = 65_536;

const writePieces = (file: number, pieces: Iterable<string>): void => {
  let batch: string[] = [];
  let characters = 0;
  const flush = (): void => {
    writeFileSync(file, batch.join(''));
    batch = [];
    characters = 0;
  };
  for (const piece of pieces) {
    batch.push(piece);
    characters += piece.length;
    if (characters >= BATCH_CHARACTERS) flush();
  }
  flush();
};

/**
 * Replaces a file as a whole, by a text or by its pieces in order: a reader sees the old one or the new one, also after a power cut. Mode 0600.
 * @throws the file system's error; the old file is untouched then
 */
export const writeAtomically = (path: string, text: string | Iterable<string>): void => {
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    if (typeof text === 'string') writeFileSync(file, text);
    else writePieces(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
};

/** `writeAtomically` of indented JSON. */
export const writeJson = (path: string, value: unknown): void => writeAtomically(path, lineOf(value));

function* lineOf(value: unknown): Generator<string, void, undefined> {
  yield* jsonPieces(value);
  yield '\n';
}
