import type { SqliteDriver } from '../db.ts';
import { toStoreError } from '../store-error.ts';
import { openNodeDriver } from './node-driver.ts';
import { openSqlite3Driver } from './sqlite3-driver.ts';

/** `auto`: the sqlite3 package where it loads, else Node's own. */
export type DriverChoice = 'auto' | 'sqlite3' | 'node';

const open = (name: 'sqlite3' | 'node', file: string): Promise<SqliteDriver> =>
  name === 'sqlite3' ? openSqlite3Driver(file) : openNodeDriver(file);

/** Opens the file with the chosen binding. Rejects with `driver_missing` when none of the chosen loads. */
export const openDriver = async (choice: DriverChoice, file: string): Promise<SqliteDriver> => {
  const attempted = 'opening the database';
  try {
    return await open(choice === 'node' ? 'node' : 'sqlite3', file);
  } catch (error) {
    const failure = toStoreError(error, attempted);
    if (choice !== 'auto' || failure.code !== 'driver_missing') throw failure;
  }
  try {
    return await open('node', file);
  } catch (error) {
    throw toStoreError(error, attempted);
  }
};
