import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@parley/protocol';
import { pino } from 'pino';
import { openSqlite3Driver } from '../drivers/sqlite3-driver.ts';
import { type OpenStoreOptions, openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import { StoreError } from '../store-error.ts';

/** The sqlite3 package is optional: where it could be neither fetched nor compiled, its tests are skipped under its name. */
const sqlite3Missing = await openSqlite3Driver(':memory:').then(
  (driver) => driver.close().then(() => false as const),
  (error: unknown) => {
    if (error instanceof StoreError && error.code === 'driver_missing' && process.env.PARLEY_REQUIRE_JUDGES !== '1')
      return 'sqlite3 (npm) is not installed';
    throw error;
  },
);

/** The bindings every store test runs over, each with the reason to skip it. */
export const drivers = [
  { driver: 'sqlite3', skip: sqlite3Missing },
  { driver: 'node', skip: false },
] as const;

/** A folder of its own, removed when disposed. */
export const tempFolder = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'parley-store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

/** Collects log lines as objects. */
export const logLines = () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { lines, logger };
};

/** A store in a folder, silent unless a logger is given. */
export const openTestStore = (folder: string, options: Partial<OpenStoreOptions> = {}): Promise<Store> =>
  openStore({
    file: join(folder, 'parley.db'),
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    driver: 'node',
    ...options,
  });
