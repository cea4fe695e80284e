import { guildDefaultsOf, type Settings } from '../config/index.ts';
import { createLogger, type Logger } from '../log.ts';
import { lockDataFolder, openStore, type Store } from '../store/index.ts';
import type { CliContext } from './command.ts';
import { installation } from './data-folder.ts';

/** An installation that nobody else works on. Disposing gives it back. */
export interface OpenInstallation extends AsyncDisposable {
  readonly settings: Settings;
  readonly store: Store;
  readonly logger: Logger;
}

/**
 * Takes the data folder, and opens the store. What is logged goes to stderr from warnings on.
 * @throws SettingsError, DataFolderLockedError when Parley is running, StoreError
 */
export const openInstallation = async (context: CliContext): Promise<OpenInstallation> => {
  const { settings, database } = installation(context);
  const logger = createLogger({ ...settings, logLevel: 'warn' }, { write: (line) => context.err(line.trimEnd()) });
  await using scope = new AsyncDisposableStack();
  scope.use(await lockDataFolder(settings.dataDir));
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
