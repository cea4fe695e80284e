import { guildDefaultsOf, type Settings } from '../config/index.ts';
import { createLogger, type Logger } from '../log.ts';
import {
  dataFolderHolder,
  lockDataFolder,
  newestSchemaVersion,
  openStore,
  type Store,
  schemaVersionOf,
} from '../store/index.ts';
import type { CliContext } from './command.ts';
import { installation } from './data-folder.ts';

/** An installation that nobody else works on. Disposing gives it back. */
export interface OpenInstallation extends AsyncDisposable {
  readonly settings: Settings;
  readonly store: Store;
  readonly logger: Logger;
}

/**
 * Takes the data folder, and opens the store. What is logged goes to stderr from warnings on. With `besideRunning` a running
 * Parley does not matter, as long as its tables are those of this version: bringing them up to date beneath it would break it. That is
 * for what reads, and for single rows that Parley never holds in memory.
 * @throws SettingsError, DataFolderLockedError when Parley is running, StoreError
 */
export const openInstallation = async (
  context: CliContext,
  { besideRunning = false }: { readonly besideRunning?: boolean } = {},
): Promise<OpenInstallation> => {
  const { settings, database } = installation(context);
  const logger = createLogger({ ...settings, logLevel: 'warn' }, { write: (line) => context.err(line.trimEnd()) });
  await using scope = new AsyncDisposableStack();
  if (!besideRunning || !(await isRunningHere(settings, database))) scope.use(await lockDataFolder(settings.dataDir));
  const store = scope.use(
    await openStore({
      file: database,
      clock: context.clock,
      logger,
      driver: settings.sqliteDriver,
      guildDefaults: guildDefaultsOf(settings),
    }),
  );
  const owned = scope.move();
  return { settings, store, logger, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

/** Whether a Parley with the tables of this version works here. */
const isRunningHere = async ({ dataDir, sqliteDriver }: Settings, database: string): Promise<boolean> => {
  if ((await dataFolderHolder(dataDir)) === null) return false;
  return (await schemaVersionOf(database, sqliteDriver)) === newestSchemaVersion;
};
