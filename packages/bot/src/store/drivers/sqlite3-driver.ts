import type { SqliteDriver, SqlRow, SqlValue } from '../db.ts';
import { StoreError } from '../store-error.ts';
import { StatementCache } from './statement-cache.ts';

const cachedStatements = 64;
/** Waiting happens on a thread of libuv, so it may take longer than in the synchronous binding. */
const busyTimeoutMs = 2000;

type Done<T> = (this: { readonly changes: number }, error: Error | null, result?: T) => void;

/** The part of the sqlite3 package in use (its README, "API"). Declared here because the package may be absent. */
interface Statement {
  run(params: readonly SqlValue[], done: Done<undefined>): unknown;
  get(params: readonly SqlValue[], done: Done<SqlRow>): unknown;
  all(params: readonly SqlValue[], done: Done<SqlRow[]>): unknown;
  reset(done: () => void): unknown;
  finalize(done?: (error?: Error) => void): unknown;
}
interface Database {
  prepare(sql: string, done: (error: Error | null) => void): Statement;
  exec(sql: string, done: (error: Error | null) => void): unknown;
  close(done: (error: Error | null) => void): unknown;
  configure(option: 'busyTimeout', value: number): void;
}
interface Sqlite3 {
  readonly Database: new (file: string, done: (error: Error | null) => void) => Database;
}

/** An optional dependency: it is not there when it could be neither fetched nor compiled. */
const packageName: string = 'sqlite3';

/** The sqlite3 package. Rejects with `driver_missing` when it, or its binary, cannot be loaded. */
export const openSqlite3Driver = async (file: string): Promise<SqliteDriver> => {
  let loaded: { readonly default: Sqlite3 };
  try {
    loaded = await import(packageName);
  } catch (cause) {
    throw new StoreError('driver_missing', 'loading the sqlite3 package', { cause });
  }
  const { Database } = loaded.default;
  const database = await new Promise<Database>((resolve, reject) => {
    const opened: Database = new Database(file, (error) => (error === null ? resolve(opened) : reject(error)));
  });
  database.configure('busyTimeout', busyTimeoutMs);
  return sqlite3Driver(database);
};

const sqlite3Driver = (database: Database): SqliteDriver => {
  const statements = new StatementCache<Statement>(
    cachedStatements,
    (sql) =>
      new Promise((resolve, reject) => {
        const statement: Statement = database.prepare(sql, (error) =>
          error === null ? resolve(statement) : reject(error),
        );
      }),
    (statement) => void statement.finalize(),
  );
  const simple = (call: (done: (error: Error | null) => void) => unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      call((error) => (error === null ? resolve() : reject(error)));
    });
  return {
    name: 'sqlite3',
    run: async (sql, params) => {
      const statement = await statements.use(sql);
      return new Promise((resolve, reject) => {
        statement.run(params, function done(error) {
          if (error === null) resolve(this.changes);
          else reject(error);
        });
      });
    },
    get: async (sql, params) => {
      const statement = await statements.use(sql);
      const row = await new Promise<SqlRow | undefined>((resolve, reject) => {
        statement.get(params, (error, found) => (error === null ? resolve(found) : reject(error)));
      });
      await reset(statement);
      return row;
    },
    all: async (sql, params) => {
      const statement = await statements.use(sql);
      return new Promise((resolve, reject) => {
        statement.all(params, (error, rows) => (error === null ? resolve(rows ?? []) : reject(error)));
      });
    },
    exec: (sql) => simple((done) => database.exec(sql, done)),
    close: async () => {
      statements.clear();
      await simple((done) => database.close(done));
    },
  };
};

/** `get` leaves its statement on the row it read, which keeps the read lock: stepping to the end would read on, so it is reset. */
const reset = (statement: Statement): Promise<void> =>
  new Promise((resolve) => {
    statement.reset(() => resolve());
  });
