import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqliteDriver, SqlRow, SqlValue } from '../db.ts';
import { StoreError } from '../store-error.ts';
import { StatementCache } from './statement-cache.ts';

const cachedStatements = 64;

/**
 * Waiting for a lock blocks the event loop in this binding, and with it the gateway: so the wait is short, and what stays locked is
 * tried again by the caller.
 */
const busyTimeoutMs = 100;

/** Node's own SQLite (`node:sqlite`). Rejects with `driver_missing` where this Node has none. */
export const openNodeDriver = async (file: string): Promise<SqliteDriver> => {
  const { DatabaseSync: Database } = await import('node:sqlite').catch((cause: unknown) => {
    throw new StoreError('driver_missing', 'loading node:sqlite', { cause });
  });
  return nodeDriver(new Database(file, { timeout: busyTimeoutMs }));
};

const nodeDriver = (database: DatabaseSync): SqliteDriver => {
  const statements = new StatementCache<StatementSync>(
    cachedStatements,
    (sql) => database.prepare(sql),
    () => undefined,
  );
  return {
    name: 'node',
    run: async (sql, params) => Number((await statements.use(sql)).run(...bound(params)).changes),
    get: async (sql, params) => (await statements.use(sql)).get(...bound(params)) as SqlRow | undefined,
    all: async (sql, params) => (await statements.use(sql)).all(...bound(params)) as SqlRow[],
    exec: async (sql) => database.exec(sql),
    close: async () => {
      statements.clear();
      database.close();
    },
  };
};

/** The binding wants typed arrays of its own kind; everything else passes. */
const bound = (params: readonly SqlValue[]): (string | number | bigint | null | Uint8Array<ArrayBuffer>)[] =>
  params.map((value) => (value instanceof Uint8Array ? new Uint8Array(value) : value));
