import { type DriverChoice, openDriver } from './drivers/open-driver.ts';
import { migrations } from './migrations/all.ts';
import { SerialDb } from './serial-db.ts';

/** The version of the tables this Parley makes. */
export const newestSchemaVersion: number = migrations.at(-1)?.version ?? 0;

/** The version of a database's tables, which are not touched. @throws StoreError */
export const schemaVersionOf = async (database: string, driver: DriverChoice): Promise<number> => {
  const db = new SerialDb(await openDriver(driver, database));
  try {
    return Number((await db.get('SELECT MAX(version) AS version FROM migrations'))?.version ?? 0);
  } finally {
    await db.close();
  }
};
