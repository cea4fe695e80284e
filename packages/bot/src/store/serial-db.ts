import type { Db, DbStatements, SqliteDriver } from './db.ts';
import { StoreError, toStoreError } from './store-error.ts';

/**
 * One connection, one statement or transaction at a time, in the order of the calls: an asynchronous transaction must not have other
 * people's statements inside.
 */
export class SerialDb implements Db {
  readonly #driver: SqliteDriver;
  readonly #statements: DbStatements;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(driver: SqliteDriver) {
    this.#driver = driver;
    this.#statements = {
      run: (sql, params = []) => named(`running ${verb(sql)}`, driver.run(sql, params)),
      get: (sql, params = []) => named(`running ${verb(sql)}`, driver.get(sql, params)),
      all: (sql, params = []) => named(`running ${verb(sql)}`, driver.all(sql, params)),
      exec: (sql) => named(`running ${verb(sql)}`, driver.exec(sql)),
    };
  }

  run: DbStatements['run'] = (sql, params) => this.#inTurn(() => this.#statements.run(sql, params));
  get: DbStatements['get'] = (sql, params) => this.#inTurn(() => this.#statements.get(sql, params));
  all: DbStatements['all'] = (sql, params) => this.#inTurn(() => this.#statements.all(sql, params));
  exec: DbStatements['exec'] = (sql) => this.#inTurn(() => this.#statements.exec(sql));

  transaction<T>(work: (tx: DbStatements) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#statements.exec('BEGIN IMMEDIATE');
      try {
        const result = await work(this.#statements);
        await this.#statements.exec('COMMIT');
        return result;
      } catch (error) {
        await this.#rollBack();
        throw error;
      }
    });
  }

  /** Waits for what was called before, then closes. A second call waits for the first. */
  close(): Promise<void> {
    if (this.#closed) return this.#tail.then(() => undefined);
    const closing = this.#inTurn(() => named('closing the database', this.#driver.close()));
    this.#closed = true;
    return closing;
  }

  /** SQLite has rolled back already after some errors (full, I/O); then there is nothing left to undo, and the first error is the one that counts. */
  async #rollBack(): Promise<void> {
    try {
      await this.#statements.exec('ROLLBACK');
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'using the database'));
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}

const verb = (sql: string): string => /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'a statement';

const named = async <T>(attempted: string, work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw toStoreError(error, attempted);
  }
};
