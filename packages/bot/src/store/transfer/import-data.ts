import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { recordingFolder } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { DbStatements } from '../db.ts';
import { type DriverChoice, openDriver } from '../drivers/open-driver.ts';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations/all.ts';
import { SerialDb } from '../serial-db.ts';
import { DataFileError, endSchema, headerSchema, messageOf, rowLineSchema, sqlValue, wrongId } from './data-file.ts';
import { carriedTables, columnsOf, quoted, type TableColumns } from './tables.ts';

export interface ImportOptions {
  /** The export. */
  readonly file: string;
  /** The database to make, absolute. There is none, or one without content. */
  readonly database: string;
  readonly driver: DriverChoice;
  readonly clock: Clock;
  /** Where this installation keeps its recordings: rows about them point there, whatever the other machine called it. */
  readonly recordingsDir: string;
}

export interface Imported {
  readonly rows: number;
  /** Version of the tables in the export; older ones are brought up to date. */
  readonly version: number;
}

/**
 * Makes the database from an export, as a whole or not at all: it is built beside and put in place at the end. The caller holds the
 * lock of the data folder. @throws DataFileError, StoreError; nothing is changed then.
 */
export const importData = async (options: ImportOptions): Promise<Imported> => {
  const { database, driver } = options;
  await mkdir(dirname(database), { recursive: true, mode: 0o700 });
  await requireEmpty(database, driver);
  const draft = `${database}.import`;
  await removeDatabase(draft);
  try {
    const imported = await build(options, draft);
    await removeDatabase(database);
    await rename(draft, database);
    return imported;
  } finally {
    await removeDatabase(draft);
  }
};

const removeDatabase = async (file: string): Promise<void> => {
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${file}${suffix}`, { force: true });
};

const requireEmpty = async (database: string, driver: DriverChoice): Promise<void> => {
  const there = await stat(database).then(
    () => true,
    () => false,
  );
  if (!there) return;
  const db = new SerialDb(await openDriver(driver, database));
  try {
    for (const table of await carriedTables(db)) {
      // Small values of the installation are no content: a bot that was started once has some.
      if (table === 'meta') continue;
      const row = await db.get(`SELECT 1 FROM ${quoted(table)} LIMIT 1`);
      if (row !== undefined) throw new DataFileError('not_empty', database, { detail: table });
    }
  } finally {
    await db.close();
  }
};

const build = async ({ file, driver, clock, recordingsDir }: ImportOptions, draft: string): Promise<Imported> => {
  const lines = numberedLines(file);
  const db = new SerialDb(await openDriver(driver, draft));
  try {
    await chmod(draft, 0o600);
    const now = Math.round(clock.now());
    const { version } = await header(lines, file);
    await migrate(
      db,
      migrations.filter((step) => step.version <= version),
      now,
    );
    const rows = await db.transaction((tx) => insertAll(tx, lines, file, recordingsDir));
    await migrate(db, migrations, now);
    return { rows, version };
  } finally {
    await lines.return();
    await db.close();
  }
};

interface NumberedLine {
  readonly number: number;
  readonly value: unknown;
}

async function* numberedLines(file: string): AsyncGenerator<NumberedLine, void, undefined> {
  try {
    await using handle = await open(file, 'r');
    let number = 0;
    for await (const line of handle.readLines()) {
      number += 1;
      if (line !== '') yield { number, value: parsed(line) };
    }
  } catch (cause) {
    throw new DataFileError('io', file, { cause, detail: messageOf(cause) });
  }
}

/** undefined for what is no JSON; the schemas then refuse it. */
const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const header = async (lines: AsyncGenerator<NumberedLine, void, undefined>, file: string) => {
  const first = await lines.next();
  const found = headerSchema.safeParse(first.done === true ? undefined : first.value.value);
  if (!found.success) throw new DataFileError('not_parley', file);
  const known = migrations.at(-1)?.version ?? 0;
  if (found.data.version <= known) return found.data;
  throw new DataFileError('newer_schema', file, { detail: `version ${found.data.version}, known are up to ${known}` });
};

const insertAll = async (
  tx: DbStatements,
  lines: AsyncGenerator<NumberedLine, void, undefined>,
  file: string,
  recordingsDir: string,
): Promise<number> => {
  const tables = new Map<string, TableColumns>();
  for (const table of await carriedTables(tx)) tables.set(table, await columnsOf(tx, table));
  let rows = 0;
  let ended = false;
  for await (const { number, value } of lines) {
    const bad = (detail: string, cause?: unknown) =>
      new DataFileError('bad_line', file, { detail: `line ${number}: ${detail}`, cause });
    const end = endSchema.safeParse(value);
    if (ended) throw bad('it stands after the end');
    if (end.success) {
      if (end.data.rows !== rows) throw bad(`${end.data.rows} rows were written, ${rows} are here`);
      ended = true;
      continue;
    }
    const line = rowLineSchema.safeParse(value);
    if (!line.success) throw bad('it is no row');
    const { table, row } = line.data;
    const columns = tables.get(table);
    if (columns === undefined) throw bad(`there is no table ${table}`);
    const unknown = Object.keys(row).find((column) => !columns.all.has(column));
    if (unknown !== undefined) throw bad(`${table} has no ${unknown}`);
    const wrong = wrongId(row);
    if (wrong !== null) throw bad(`${wrong} is no id`);
    const { recording_session_id: id } = row;
    if (table === 'recordings' && typeof id === 'string') row.folder = recordingFolder(recordingsDir, id);
    const names = Object.keys(row);
    if (names.length === 0) throw bad('it is empty');
    const sql = `INSERT INTO ${quoted(table)} (${names.map(quoted).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    try {
      await tx.run(sql, Object.values(row).map(sqlValue));
    } catch (error) {
      throw bad(messageOf(error), error);
    }
    rows += 1;
  }
  if (!ended) throw new DataFileError('truncated', file);
  return rows;
};
