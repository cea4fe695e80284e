import { number, numberOrNull, oneOf, text, textOrNull, whole } from '../../columns.ts';
import type { SqlRow, SqlValue } from '../../db.ts';
import type { FullText } from '../../full-text.ts';
import type { TranscriptHit, TranscriptQuery, TranscriptState } from '../../rows.ts';
import type { Store } from '../../store.ts';
import type { RepositoryContext } from '../context.ts';
import { seenBy } from '../recordings.ts';
import { excerptOf, ftsQuery, likePattern, type SearchTerm, searchTerms } from './search-words.ts';

const insert = `INSERT INTO transcript_segments (recording_session_id, user_id, from_ms, to_ms, text)
SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM recordings WHERE recording_session_id = ?)`;

const speaking = `SELECT r.recording_session_id FROM recordings r WHERE (? IS NULL OR r.guild_id = ?) AND (
EXISTS (SELECT 1 FROM transcript_segments t WHERE t.recording_session_id = r.recording_session_id AND t.user_id = ?) OR (
EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'transcribe' AND j.recording_session_id = r.recording_session_id)
AND EXISTS (SELECT 1 FROM segments s WHERE s.recording_session_id = r.recording_session_id AND s.user_id = ?)))
ORDER BY r.start_time DESC`;

const withdraw = `DELETE FROM transcript_segments WHERE user_id = ? AND recording_session_id IN (
SELECT r.recording_session_id FROM recordings r WHERE r.start_time <= ?
AND (? IS NULL OR r.guild_id = ?) AND (? IS NULL OR r.session_id = ?) AND (? IS NULL OR r.recording_session_id = ?))`;

const jobStates = ['queued', 'running', 'done', 'failed'] as const;
/** Use of longer ago bounds no day any more: two days. What bounds a recording is kept as long as the recording. */
const useKeptMs = 48 * 3_600_000;
const forgetUse = `DELETE FROM transcript_use WHERE at < ? AND NOT EXISTS
(SELECT 1 FROM recordings r WHERE r.recording_session_id = transcript_use.recording_session_id)`;

/** The marks of an excerpt stand for nothing else in it. */
const unmarked = (said: string): string => said.replaceAll(/[‹›]/g, "'");

const wordsStatement = (terms: readonly SearchTerm[], mode: TranscriptQuery['match'], fullText: FullText) => {
  if (fullText === 'fts5') {
    return {
      from: 'transcript_fts f JOIN transcript_segments t ON t.id = f.rowid',
      excerpt: "snippet(transcript_fts, 0, '‹', '›', '…', 24)",
      where: 'transcript_fts MATCH ?',
      order: 'f.rank, ',
      params: [ftsQuery(terms, mode)],
    };
  }
  const each = terms.map(() => "t.text LIKE ? ESCAPE '\\'");
  return {
    from: 'transcript_segments t',
    excerpt: 't.text',
    where: `(${each.join(mode === 'all' ? ' AND ' : ' OR ')})`,
    order: '',
    params: terms.map(likePattern),
  };
};

/** The statement of a search; null: nothing is searched for. Pure. */
const searchStatement = (query: TranscriptQuery, terms: readonly SearchTerm[], fullText: FullText) => {
  const words = wordsStatement(terms, query.match, fullText);
  const seen = seenBy(query);
  const conditions = [words.where, seen.sql];
  const params: SqlValue[] = [...words.params, ...seen.params];
  for (const [column, value] of [
    ['r.guild_id', query.guildId],
    ['r.recording_session_id', query.recordingSessionId],
  ] as const) {
    if (value === null) continue;
    conditions.push(`${column} = ?`);
    params.push(value);
  }
  const sql = `SELECT t.recording_session_id, r.guild_id, r.channel_id, r.channel_name, r.start_time, t.user_id, p.display_name,
t.from_ms, t.to_ms, t.text, ${words.excerpt} AS excerpt
FROM ${words.from} JOIN recordings r ON r.recording_session_id = t.recording_session_id
LEFT JOIN participants p ON p.recording_session_id = t.recording_session_id AND p.user_id = t.user_id
WHERE ${conditions.join(' AND ')}
ORDER BY ${words.order}r.start_time DESC, t.from_ms, t.id LIMIT ? OFFSET ?`;
  return { sql, params: [...params, query.limit, query.offset] };
};

const toHit = (row: SqlRow): TranscriptHit => ({
  recordingSessionId: text(row, 'recording_session_id'),
  guildId: text(row, 'guild_id'),
  channelId: text(row, 'channel_id'),
  channelName: text(row, 'channel_name'),
  startTime: number(row, 'start_time'),
  userId: text(row, 'user_id'),
  displayName: textOrNull(row, 'display_name') ?? '',
  fromMs: number(row, 'from_ms'),
  toMs: number(row, 'to_ms'),
  text: text(row, 'text'),
  excerpt: text(row, 'excerpt'),
});

export const transcriptRepository = (
  { db, read, clock }: RepositoryContext,
  fullText: FullText,
): Store['transcripts'] => ({
  fullText,
  replaced: (recordingSessionId, rows) =>
    read(() =>
      db.transaction(async (tx) => {
        await tx.run('DELETE FROM transcript_segments WHERE recording_session_id = ?', [recordingSessionId]);
        for (const { userId, fromMs, toMs, text: said } of rows) {
          const place = [whole(fromMs), whole(toMs)];
          await tx.run(insert, [recordingSessionId, userId, ...place, unmarked(said), recordingSessionId]);
        }
      }),
    ),
  speakingIn: ({ userId, guildId }) =>
    read(async () =>
      (await db.all(speaking, [guildId, guildId, userId, userId])).map((row) => text(row, 'recording_session_id')),
    ),
  withdrawn: ({ userId, guildId, sessionId, recordingSessionId, until }) =>
    read(async () => {
      await db.run(withdraw, [
        userId,
        whole(until),
        guildId,
        guildId,
        sessionId,
        sessionId,
        ...[recordingSessionId, recordingSessionId],
      ]);
    }),
  search: (query) =>
    read(async () => {
      const terms = searchTerms(query.q);
      if (terms.length === 0) return [];
      const { sql, params } = searchStatement(query, terms, fullText);
      const hits = (await db.all(sql, params)).map(toHit);
      return fullText === 'fts5' ? hits : hits.map((hit) => ({ ...hit, excerpt: excerptOf(hit.text, terms) }));
    }),
  states: async (recordingSessionIds) => {
    const rows = await db.all(
      "SELECT recording_session_id, state FROM jobs WHERE kind = 'transcribe' AND recording_session_id IN (SELECT value FROM json_each(?))",
      [JSON.stringify(recordingSessionIds)],
    );
    return new Map<string, TranscriptState>(
      rows.map((row) => [text(row, 'recording_session_id'), oneOf(row, 'state', jobStates)]),
    );
  },
  used: (recordingSessionId, seconds) =>
    // A recording that was noted just now is known.
    read(async () => {
      const now = whole(clock.now());
      await db.run(forgetUse, [now - useKeptMs]);
      await db.run('INSERT INTO transcript_use (recording_session_id, seconds, at) VALUES (?, ?, ?)', [
        ...[recordingSessionId, seconds, now],
      ]);
    }),
  usedSince: (sinceMs, recordingSessionId = null) =>
    read(async () => {
      const row = await db.get(
        'SELECT SUM(seconds) AS seconds FROM transcript_use WHERE at >= ? AND (? IS NULL OR recording_session_id = ?)',
        [whole(sinceMs), recordingSessionId, recordingSessionId],
      );
      return (row === undefined ? null : numberOrNull(row, 'seconds')) ?? 0;
    }),
});
