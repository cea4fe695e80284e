/** What can stand for a `?`. Booleans are written as 0 and 1 by the caller. */
export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** The statements of a database. Every rejection is a `StoreError`. */
export interface DbStatements {
  /** Runs one statement; resolves with the number of rows it changed. */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>;
  /** The first row, or undefined. */
  get(sql: string, params?: readonly SqlValue[]): Promise<SqlRow | undefined>;
  all(sql: string, params?: readonly SqlValue[]): Promise<SqlRow[]>;
  /** Runs a script of several statements, without parameters. */
  exec(sql: string): Promise<void>;
}

/** A database: one statement or transaction at a time, in the order of the calls. */
export interface Db extends DbStatements {
  /**
   * Runs `work` between BEGIN IMMEDIATE and COMMIT; rolled back when it rejects. Only the given statements may be used inside:
   * calling the database itself there would wait for itself.
   */
  transaction<T>(work: (tx: DbStatements) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A binding to SQLite: raw statements, no ordering, errors as the binding throws them. */
export interface SqliteDriver {
  readonly name: 'sqlite3' | 'node';
  run(sql: string, params: readonly SqlValue[]): Promise<number>;
  get(sql: string, params: readonly SqlValue[]): Promise<SqlRow | undefined>;
  all(sql: string, params: readonly SqlValue[]): Promise<SqlRow[]>;
  exec(sql: string): Promise<void>;
  close(): Promise<void>;
}
