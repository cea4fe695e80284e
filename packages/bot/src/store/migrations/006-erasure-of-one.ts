import type { Migration } from './migration.ts';

/** An erasure may be of one recording. */
export const erasureOfOne: Migration = {
  version: 6,
  name: 'erasure-of-one',
  sql: 'ALTER TABLE erasures ADD COLUMN recording_session_id TEXT;',
};
