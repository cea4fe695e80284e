import type { Migration } from './migration.ts';

/** What was posted of a recording and can be taken back, who is being erased, and which guilds have removed the bot. */
export const erasureTables: Migration = {
  version: 3,
  name: 'erasure',
  sql: `
CREATE TABLE deliveries (
  channel_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  recording_session_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  doomed_at INTEGER,
  withdrawn_at INTEGER,
  PRIMARY KEY (channel_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_recording ON deliveries (recording_session_id);

CREATE TABLE erasures (
  id INTEGER PRIMARY KEY,
  person TEXT NOT NULL,
  user_id TEXT,
  guild_id TEXT,
  session_id TEXT,
  asked_by TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  text_version INTEGER NOT NULL,
  done_at INTEGER,
  attempts INTEGER NOT NULL,
  recordings INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  last_error TEXT
) STRICT;
CREATE INDEX erasures_open ON erasures (asked_at) WHERE done_at IS NULL;

CREATE TABLE erasure_recordings (
  erasure_id INTEGER NOT NULL,
  recording_session_id TEXT NOT NULL,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (recording_session_id, erasure_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE departed_guilds (
  guild_id TEXT PRIMARY KEY,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
