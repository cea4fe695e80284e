import type { Migration } from './migration.ts';

/** What lists the recordings and the sessions of a guild, the newest first, without reading those of all others. */
export const listingIndexes: Migration = {
  version: 2,
  name: 'listing',
  sql: `
CREATE INDEX recordings_by_guild ON recordings (guild_id, start_time);
CREATE INDEX sessions_by_guild ON sessions (guild_id, started_at);
`,
};
