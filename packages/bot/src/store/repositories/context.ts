import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Db } from '../db.ts';
import type { WriteBatch } from '../write-batch.ts';

/** What every repository works with. `read` waits until the rows recorded before are written, as far as they can be. */
export interface RepositoryContext {
  readonly db: Db;
  readonly batch: WriteBatch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly read: <T>(work: (db: Db) => Promise<T>) => Promise<T>;
}
