import type { Migration } from './migration.ts';

/** What recording needs: actions, sessions and their recordings, people, consents, settings of guilds, jobs. */
export const recordingTables: Migration = {
  version: 1,
  name: 'recording',
  sql: `
CREATE TABLE actions (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  guild_id TEXT,
  channel_id TEXT,
  user_id TEXT,
  session_id TEXT,
  message_id TEXT,
  fields TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX actions_by_kind ON actions (kind, guild_id, at);
CREATE INDEX actions_by_session ON actions (session_id, at);

CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY,
  guild_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  text_channel_id TEXT,
  requested_by TEXT NOT NULL,
  mode TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  end_reason TEXT
) STRICT;
CREATE INDEX sessions_live ON sessions (started_at) WHERE ended_at IS NULL;

CREATE TABLE recordings (
  recording_session_id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  guild_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  channel_name TEXT NOT NULL,
  text_channel_id TEXT,
  requested_by TEXT NOT NULL,
  folder TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  origin_us REAL NOT NULL,
  start_time INTEGER NOT NULL,
  end_time INTEGER,
  duration_ms REAL,
  status TEXT NOT NULL,
  output_file TEXT,
  continues TEXT,
  voxprocs INTEGER NOT NULL,
  error TEXT
) STRICT;
CREATE INDEX recordings_by_status ON recordings (status, start_time);
CREATE INDEX recordings_by_session ON recordings (session_id, start_time);

CREATE TABLE participants (
  recording_session_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  username TEXT NOT NULL,
  display_name TEXT NOT NULL,
  bot INTEGER,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (recording_session_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX participants_by_user ON participants (user_id);

CREATE TABLE segments (
  recording_session_id TEXT NOT NULL,
  segment_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  start_sample INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  received INTEGER NOT NULL,
  written INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  status TEXT NOT NULL,
  closed_by TEXT,
  PRIMARY KEY (recording_session_id, segment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX segments_by_user ON segments (user_id);

CREATE TABLE consents (
  id INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL,
  guild_id TEXT,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  text_version INTEGER NOT NULL
) STRICT;
CREATE INDEX consents_by_user ON consents (user_id, kind, at);
CREATE INDEX consents_by_guild ON consents (guild_id, kind);

CREATE TABLE settings (
  guild_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (guild_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  kind TEXT NOT NULL,
  recording_session_id TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  last_error TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (kind, recording_session_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE indicators (
  guild_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel_id TEXT,
  previous TEXT,
  shown TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (guild_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
