import { recordingTables } from './001-recording.ts';
import { listingIndexes } from './002-listing.ts';
import { erasureTables } from './003-erasure.ts';
import { pageTables } from './004-pages.ts';
import { transcriptTables } from './005-transcripts.ts';
import { erasureOfOne } from './006-erasure-of-one.ts';
import { spendingTable } from './007-spending.ts';
import { memoryTables } from './008-memory.ts';
import { agentLogTable } from './009-agent-log.ts';
import type { Migration } from './migration.ts';

/**
 * Every migration in its order. After adding one run `node scripts/migration-fixture.ts <version>`: it keeps a database as that
 * version leaves it, from which every later Parley is shown to come up to date.
 */
export const migrations: readonly Migration[] = [
  recordingTables,
  listingIndexes,
  erasureTables,
  pageTables,
  transcriptTables,
  erasureOfOne,
  spendingTable,
  memoryTables,
  agentLogTable,
];
