import type { Db } from './db.ts';
import type { Migration } from './migrations/migration.ts';
import { StoreError, toStoreError } from './store-error.ts';

const historyTable = `CREATE TABLE IF NOT EXISTS migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT`;

/**
 * Brings the tables up to date, each step in a transaction of its own. Resolves with the versions applied now. Rejects with
 * `newer_schema` when the database knows a version this program does not: an older Parley must not write it.
 */
export const migrate = async (db: Db, steps: readonly Migration[], now: number): Promise<number[]> => {
  await db.exec(historyTable);
  const row = await db.get('SELECT MAX(version) AS version FROM migrations');
  const present = Number(row?.version ?? 0);
  const newest = steps.at(-1)?.version ?? 0;
  if (present > newest)
    throw new StoreError('newer_schema', 'opening the database', {
      detail: `it is at version ${present}, this Parley knows ${newest}`,
    });
  const applied: number[] = [];
  for (const step of steps.filter(({ version }) => version > present)) {
    await apply(db, step, now);
    applied.push(step.version);
  }
  return applied;
};

const apply = async (db: Db, step: Migration, now: number): Promise<void> => {
  try {
    await db.transaction(async (tx) => {
      await tx.exec(step.sql);
      await tx.run('INSERT INTO migrations (version, name, at) VALUES (?, ?, ?)', [step.version, step.name, now]);
    });
  } catch (error) {
    const failure = toStoreError(error, `migration ${step.version} (${step.name})`);
    if (failure.code !== 'internal') throw failure;
    throw new StoreError('migration_failed', `migration ${step.version} (${step.name})`, {
      cause: error,
      detail: failure.message,
    });
  }
};
