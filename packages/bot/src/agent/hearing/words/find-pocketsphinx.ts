import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian's `pocketsphinx-en-us` and a build of one's own keep the dictionary. */
const dictionaries = [
  '/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict',
  '/usr/local/share/pocketsphinx/model/en-us/cmudict-en-us.dict',
];

/** A recognizer on this host. */
export interface LocalRecognizer {
  readonly program: string;
  /** Whether its dictionary has a word. */
  readonly knows: (word: string) => boolean;
}

/** The pocketsphinx that is installed here with its English model; null: none is. */
export const findPocketsphinx = (path = process.env.PATH ?? ''): LocalRecognizer | null => {
  const programs = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'pocketsphinx_continuous'));
  const program = programs.find((file) => existsSync(file));
  const dictionary = dictionaries.find((file) => existsSync(file));
  if (program === undefined || dictionary === undefined) return null;
  let words: ReadonlySet<string> | null = null;
  const read = (): ReadonlySet<string> =>
    new Set(
      readFileSync(dictionary, 'latin1')
        .split('\n')
        .map((line) => line.split(' ', 1)[0] ?? ''),
    );
  return {
    program,
    knows: (word) => {
      words ??= read();
      return words.has(word);
    },
  };
};
