import type { Migration } from './migration.ts';

/** What was said in recordings, for searching, and the minutes that transcription was paid for. The folders are the truth. */
export const transcriptTables: Migration = {
  version: 5,
  name: 'transcripts',
  sql: `
CREATE TABLE transcript_segments (
  id INTEGER PRIMARY KEY,
  recording_session_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX transcript_segments_by_recording ON transcript_segments (recording_session_id, user_id);
CREATE INDEX transcript_segments_by_user ON transcript_segments (user_id);

CREATE TABLE transcript_use (
  id INTEGER PRIMARY KEY,
  recording_session_id TEXT,
  seconds REAL NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX transcript_use_by_time ON transcript_use (at);
`,
};
