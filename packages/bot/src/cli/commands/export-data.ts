import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DataFileError, messageOf } from '../../store/transfer/data-file.ts';
import { exportData } from '../../store/transfer/export-data.ts';
import { type CliCommand, exitCodes } from '../command.ts';
import { installation } from '../data-folder.ts';

/** The database as a file of JSON lines. */
export const exportCommand: CliCommand = {
  name: 'export',
  summary: 'writes the database as JSON lines, also while Parley runs',
  usage: `parley export FILE [--force]
  FILE     where to; - writes to standard output
  --force  replaces a file that exists
The recordings themselves are files; copy their folder.`,
  options: { force: { type: 'boolean' } },
  words: [1, 1],
  run: async ({ positionals, values }, context) => {
    const { settings, database } = installation(context);
    const { clock, cwd, err } = context;
    const [name = '-'] = positionals;
    const common = { database, driver: settings.sqliteDriver, clock };
    if (name === '-') {
      await exportData({ ...common, write: context.out });
      return exitCodes.done;
    }
    const file = resolve(cwd, name);
    const rows = await replacing(file, values.force === true, (write) => exportData({ ...common, write }));
    err(`${rows} rows written to ${file}`);
    return exitCodes.done;
  },
};

/** Has `work` write a file that is there as a whole or not at all. People stand in it, so it is its owner's alone. */
const replacing = async <T>(
  file: string,
  force: boolean,
  work: (write: (line: string) => Promise<void>) => Promise<T>,
): Promise<T> => {
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (isThere && !force) throw new DataFileError('exists', file, { detail: '--force replaces it' });
  const draft = `${file}.tmp`;
  try {
    const handle = await open(draft, 'w', 0o600);
    let result: T;
    try {
      result = await work(async (line) => void (await handle.writeFile(line)));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    return result;
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof Error && 'syscall' in error) {
      throw new DataFileError('io', file, { cause: error, detail: messageOf(error) });
    }
    throw error;
  }
};
