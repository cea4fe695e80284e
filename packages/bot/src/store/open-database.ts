import { chmod, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, compactTime } from '@parley/protocol';
import type { Logger } from '../log.ts';
import { type DriverChoice, openDriver } from './drivers/open-driver.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/all.ts';
import { SerialDb } from './serial-db.ts';
import type { SqliteDriverName } from './store.ts';
import { StoreError, toStoreError } from './store-error.ts';

export interface OpenDatabaseOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly driver: DriverChoice;
}

export interface OpenedDatabase {
  readonly db: SerialDb;
  readonly driver: SqliteDriverName;
}

/** A full check reads the whole file; beyond this size it would hold up the start. */
const checkedBytes = 256 * 1024 * 1024;

const pragmas = `PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 500;`;

/**
 * The database, ready and up to date. A damaged file is renamed to `<file>.corrupt-<time>` and replaced by a new one: the recordings'
 * folders are the truth, so a start must not fail for it. Every other failure rejects with `StoreError`.
 */
export const openDatabase = async (options: OpenDatabaseOptions): Promise<OpenedDatabase> => {
  try {
    return await attempt(options);
  } catch (error) {
    const failure = toStoreError(error, 'opening the database');
    if (failure.code !== 'corrupt') throw failure;
    const aside = await setAside(options);
    options.logger.error(
      { file: options.file, aside, error: failure.message },
      'database damaged, renamed aside, a new one is made; recordings are not affected',
    );
    return attempt(options);
  }
};

const attempt = async (options: OpenDatabaseOptions): Promise<OpenedDatabase> => {
  const { file, clock, driver: choice } = options;
  await makeFolder(file);
  const driver = await openDriver(choice, file);
  const db = new SerialDb(driver);
  try {
    await db.exec(pragmas);
    await restrict(file);
    await check(db, file);
    const applied = await migrate(db, migrations, Math.round(clock.now()));
    if (applied.length > 0) options.logger.info({ versions: applied }, 'database tables brought up to date');
    return { db, driver: driver.name };
  } catch (error) {
    await db.close().catch((cause: unknown) => {
      options.logger.warn({ error: toStoreError(cause, 'closing the database').message }, 'database not closed');
    });
    throw error;
  }
};

const makeFolder = async (file: string): Promise<void> => {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StoreError('io', 'making the data folder', {
      cause,
      detail: cause instanceof Error ? cause.message : String(cause),
    });
  }
};

/** Who was where, and when, is nobody else's business on a shared machine. */
const restrict = async (file: string): Promise<void> => {
  try {
    await chmod(file, 0o600);
  } catch (cause) {
    throw new StoreError('io', 'restricting the database to its owner', { cause });
  }
};

const check = async (db: SerialDb, file: string): Promise<void> => {
  if ((await stat(file)).size > checkedBytes) return;
  const row = await db.get('PRAGMA quick_check(1)');
  const verdict = Object.values(row ?? {})[0];
  if (verdict !== 'ok') throw new StoreError('corrupt', 'checking the database', { detail: String(verdict) });
};

/** The write-ahead log belongs to its database: left behind, it would be applied to the new one. */
const setAside = async ({ file, clock }: OpenDatabaseOptions): Promise<string> => {
  const aside = `${file}.corrupt-${compactTime(clock.now())}`;
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      await rename(`${file}${suffix}`, `${aside}${suffix}`);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') continue;
      throw new StoreError('io', 'renaming the damaged database', { cause });
    }
  }
  return aside;
};
