import type { Migration } from './migration.ts';

/** What the agents decided and how long their answers took; never what was said. */
export const agentLogTable: Migration = {
  version: 9,
  name: 'agent_log',
  sql: `
CREATE TABLE agent_log (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  guild_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  user_id TEXT,
  kind TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX agent_log_by_session ON agent_log (session_id, at);
CREATE INDEX agent_log_by_time ON agent_log (at);
`,
};
