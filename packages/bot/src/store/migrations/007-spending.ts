import type { Migration } from './migration.ts';

/** What the agent paid for, for its limits and for who pays. */
export const spendingTable: Migration = {
  version: 7,
  name: 'spending',
  sql: `
CREATE TABLE spending (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  guild_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  user_id TEXT,
  role TEXT NOT NULL,
  model TEXT NOT NULL,
  usd REAL NOT NULL
) STRICT;
CREATE INDEX spending_by_time ON spending (at);
`,
};
