import { resolve } from 'node:path';
import { lockDataFolder } from '../../store/index.ts';
import { importData } from '../../store/transfer/import-data.ts';
import { type CliCommand, exitCodes } from '../command.ts';
import { installation } from '../data-folder.ts';

/** A database from an export. */
export const importCommand: CliCommand = {
  name: 'import',
  summary: 'makes the database from an export; there must be none with content',
  usage: `parley import FILE
  FILE  what \`parley export\` has written, by this version of Parley or an older one
Parley must not be running. Rows about recordings point to this installation's recordings folder.`,
  options: {},
  words: [1, 1],
  run: async ({ positionals }, context) => {
    const { settings, database } = installation(context);
    const file = resolve(context.cwd, positionals[0] ?? '');
    await using _lock = await lockDataFolder(settings.dataDir);
    const { rows, version } = await importData({
      file,
      database,
      driver: settings.sqliteDriver,
      clock: context.clock,
      recordingsDir: settings.recordingsDir,
    });
    context.err(`${rows} rows of version ${version} imported into ${database}`);
    return exitCodes.done;
  },
};
