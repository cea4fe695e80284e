import type { Migration } from './migration.ts';

/**
 * What is remembered of conversations with the agent: threads, their turns, the receipts by which a turn is recorded once, what was
 * learnt of people, and what a session came to. Nothing of an incognito session is in here.
 */
export const memoryTables: Migration = {
  version: 8,
  name: 'memory',
  sql: `
CREATE TABLE threads (
  thread_id TEXT PRIMARY KEY,
  surface TEXT NOT NULL,
  owner_id TEXT,
  guild_id TEXT,
  session_id TEXT,
  created_at INTEGER NOT NULL,
  active_at INTEGER NOT NULL,
  turn_count INTEGER NOT NULL,
  state TEXT NOT NULL,
  state_detail TEXT,
  state_at INTEGER NOT NULL,
  feedback TEXT
) STRICT;
CREATE INDEX threads_by_state ON threads (state, active_at);
CREATE INDEX threads_by_owner ON threads (owner_id);
CREATE INDEX threads_by_guild ON threads (guild_id);

CREATE TABLE turns (
  id INTEGER PRIMARY KEY,
  thread_id TEXT NOT NULL,
  client_turn_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  channel TEXT NOT NULL,
  user_text TEXT NOT NULL,
  assistant_text TEXT NOT NULL,
  outcome TEXT NOT NULL,
  route TEXT NOT NULL,
  style TEXT NOT NULL,
  diagnostics TEXT NOT NULL
) STRICT;
CREATE INDEX turns_by_thread ON turns (thread_id, id);

CREATE TABLE turn_speakers (
  turn_id INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (turn_id, user_id)
) STRICT;
CREATE INDEX turn_speakers_by_user ON turn_speakers (user_id);

CREATE TABLE turn_receipts (
  thread_id TEXT NOT NULL,
  client_turn_id TEXT NOT NULL,
  body_hash TEXT,
  turn_count INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (thread_id, client_turn_id)
) STRICT;

CREATE TABLE memories (
  id INTEGER PRIMARY KEY,
  owner_id TEXT NOT NULL,
  guild_id TEXT,
  scope TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  thread_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX memories_by_owner ON memories (owner_id, kind);
CREATE INDEX memories_by_guild ON memories (guild_id, scope);

CREATE TABLE memory_candidates (
  id INTEGER PRIMARY KEY,
  thread_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  turn_id INTEGER NOT NULL
) STRICT;
CREATE INDEX memory_candidates_by_thread ON memory_candidates (thread_id);
CREATE INDEX memory_candidates_by_owner ON memory_candidates (owner_id);

CREATE TABLE episodes (
  id INTEGER PRIMARY KEY,
  thread_id TEXT NOT NULL UNIQUE,
  owner_id TEXT,
  guild_id TEXT,
  at INTEGER NOT NULL,
  summary TEXT NOT NULL,
  themes TEXT NOT NULL,
  open_loops TEXT NOT NULL,
  resolved TEXT NOT NULL,
  turn_count INTEGER NOT NULL
) STRICT;
CREATE INDEX episodes_by_owner ON episodes (owner_id, at);
CREATE INDEX episodes_by_guild ON episodes (guild_id, at);

CREATE TABLE episode_people (
  episode_id INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (episode_id, user_id)
) STRICT;
CREATE INDEX episode_people_by_user ON episode_people (user_id);
`,
};
