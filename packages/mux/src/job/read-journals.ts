import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JournalLine, journalLineSchema } from '../formats/journal.ts';
import { systemCode } from '../mux-error.ts';

export interface ReadJournals {
  readonly lines: readonly JournalLine[];
  /** Lines that could not be read: a torn last line of a killed writer, or a type this version does not know. */
  readonly unreadable: number;
  readonly files: number;
}

const parseLine = (text: string): JournalLine | null => {
  try {
    return journalLineSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
};

/** Reads all journals of a recording; a missing folder is an empty journal. @throws the file system's other errors */
export const readJournals = (folder: string): ReadJournals => {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { lines: [], unreadable: 0, files: 0 };
    throw error;
  }
  const texts = names.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  const parsed = texts.filter((text) => text.trim() !== '').map(parseLine);
  const lines = parsed.filter((line) => line !== null);
  return { lines, unreadable: parsed.length - lines.length, files: names.length };
};
