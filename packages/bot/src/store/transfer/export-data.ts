import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Clock } from '@parley/protocol';
import { type DriverChoice, openDriver } from '../drivers/open-driver.ts';
import { migrations } from '../migrations/all.ts';
import { SerialDb } from '../serial-db.ts';
import { StoreError } from '../store-error.ts';
import { DataFileError, rowLine } from './data-file.ts';
import { carriedTables, columnsOf, quoted } from './tables.ts';

const rowsAtOnce = 1000;

export interface ExportOptions {
  /** The database, absolute. */
  readonly database: string;
  readonly driver: DriverChoice;
  readonly clock: Clock;
  /** Takes one line, newline included; the next comes when it resolves. */
  readonly write: (line: string) => Promise<void>;
}

/**
 * The whole database as JSON lines, as it is at one instant: also while a supervisor works on it, which is not held up. Resolves with
 * the number of rows. @throws DataFileError, StoreError
 */
export const exportData = async ({ database, driver, clock, write }: ExportOptions): Promise<number> => {
  await access(database, constants.R_OK).catch((cause: unknown) => {
    throw new DataFileError('no_database', database, { cause });
  });
  const db = new SerialDb(await openDriver(driver, database));
  try {
    await db.exec('PRAGMA query_only = ON; BEGIN');
    const version = await versionOf(db);
    await write(`${JSON.stringify({ parley: 'database', schema: 1, version, exportedAt: Math.round(clock.now()) })}\n`);
    let rows = 0;
    for (const table of await carriedTables(db)) {
      for await (const row of rowsOf(db, table)) {
        await write(rowLine(table, row));
        rows += 1;
      }
    }
    await write(`${JSON.stringify({ end: true, rows })}\n`);
    return rows;
  } finally {
    await db.close();
  }
};

const versionOf = async (db: SerialDb): Promise<number> => {
  const known = migrations.at(-1)?.version ?? 0;
  const version = Number((await db.get('SELECT MAX(version) AS version FROM migrations'))?.version ?? 0);
  if (version <= known) return version;
  throw new StoreError('newer_schema', 'exporting the database', {
    detail: `it is at version ${version}, this Parley knows ${known}`,
  });
};

async function* rowsOf(db: SerialDb, table: string) {
  const { key } = await columnsOf(db, table);
  const sql = `SELECT * FROM ${quoted(table)} ORDER BY ${key.map(quoted).join(', ')} LIMIT ${rowsAtOnce} OFFSET ?`;
  for (let from = 0; ; from += rowsAtOnce) {
    const rows = await db.all(sql, [from]);
    yield* rows;
    if (rows.length < rowsAtOnce) return;
  }
}
