import {
  type CandidateRow,
  type EpisodeRow,
  feedbacks,
  type MemoryRow,
  memoryKinds,
  memoryScopes,
  type NewTurn,
  type StoredTurn,
  surfaces,
  type ThreadRow,
  threadStates,
  turnOutcomes,
} from '../../memory/memory-rows.ts';
import type { MemoryStore } from '../../memory/memory-store.ts';
import { number, oneOf, text, textOrNull, whole } from '../columns.ts';
import type { DbStatements, SqlRow, SqlValue } from '../db.ts';
import type { RepositoryContext } from './context.ts';

const toThread = (row: SqlRow): ThreadRow => ({
  threadId: text(row, 'thread_id'),
  surface: oneOf(row, 'surface', surfaces),
  ownerId: textOrNull(row, 'owner_id'),
  guildId: textOrNull(row, 'guild_id'),
  sessionId: textOrNull(row, 'session_id'),
  createdAt: number(row, 'created_at'),
  activeAt: number(row, 'active_at'),
  turnCount: number(row, 'turn_count'),
  state: oneOf(row, 'state', threadStates),
  stateDetail: textOrNull(row, 'state_detail'),
  stateAt: number(row, 'state_at'),
  feedback: row.feedback === null ? null : oneOf(row, 'feedback', feedbacks),
});

const listOf = (row: SqlRow, column: string): string[] => JSON.parse(text(row, column)) as string[];

const toTurn = (row: SqlRow): StoredTurn => ({
  id: number(row, 'id'),
  at: number(row, 'at'),
  channel: oneOf(row, 'channel', ['voice', 'text']),
  userText: text(row, 'user_text'),
  assistantText: text(row, 'assistant_text'),
  outcome: oneOf(row, 'outcome', turnOutcomes),
  route: text(row, 'route'),
  style: text(row, 'style'),
  diagnostics: JSON.parse(text(row, 'diagnostics')) as Record<string, unknown>,
  speakers: text(row, 'speakers') === '' ? [] : text(row, 'speakers').split(','),
});

const toMemory = (row: SqlRow): MemoryRow => ({
  id: number(row, 'id'),
  ownerId: text(row, 'owner_id'),
  guildId: textOrNull(row, 'guild_id'),
  scope: oneOf(row, 'scope', memoryScopes),
  kind: oneOf(row, 'kind', memoryKinds),
  text: text(row, 'text'),
  threadId: textOrNull(row, 'thread_id'),
  createdAt: number(row, 'created_at'),
  updatedAt: number(row, 'updated_at'),
});

const toCandidate = (row: SqlRow): CandidateRow => ({
  ownerId: text(row, 'owner_id'),
  kind: oneOf(row, 'kind', memoryKinds),
  text: text(row, 'text'),
  turnId: number(row, 'turn_id'),
});

const toEpisode = (row: SqlRow): EpisodeRow => ({
  threadId: text(row, 'thread_id'),
  ownerId: textOrNull(row, 'owner_id'),
  guildId: textOrNull(row, 'guild_id'),
  at: number(row, 'at'),
  summary: text(row, 'summary'),
  themes: listOf(row, 'themes'),
  openLoops: listOf(row, 'open_loops'),
  resolved: listOf(row, 'resolved'),
  turnCount: number(row, 'turn_count'),
  people: text(row, 'people') === '' ? [] : text(row, 'people').split(','),
});

const insertMemory = async (tx: DbStatements, memory: Omit<MemoryRow, 'id'>): Promise<number> => {
  const sql = `INSERT INTO memories (owner_id, guild_id, scope, kind, text, thread_id, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`;
  const { ownerId, guildId, scope, kind, text: words, threadId, createdAt, updatedAt } = memory;
  const params = [ownerId, guildId, scope, kind, words, threadId, whole(createdAt), whole(updatedAt)];
  return number((await tx.get(sql, params)) ?? {}, 'id');
};

const insertEpisode = async (tx: DbStatements, episode: EpisodeRow): Promise<void> => {
  const sql = `INSERT OR REPLACE INTO episodes (thread_id, owner_id, guild_id, at, summary, themes, open_loops, resolved, turn_count)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`;
  const { threadId, ownerId, guildId, at, summary, themes, openLoops, resolved, turnCount, people } = episode;
  const lists = [JSON.stringify(themes), JSON.stringify(openLoops), JSON.stringify(resolved)];
  const row = await tx.get(sql, [threadId, ownerId, guildId, whole(at), summary, ...lists, turnCount]);
  const id = number(row ?? {}, 'id');
  for (const userId of people) {
    await tx.run('INSERT OR IGNORE INTO episode_people (episode_id, user_id) VALUES (?, ?)', [id, userId]);
  }
};

const insertTurn = async (tx: DbStatements, turn: NewTurn): Promise<void> => {
  const sql = `INSERT INTO turns (thread_id, client_turn_id, at, channel, user_text, assistant_text, outcome, route, style, diagnostics)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`;
  const row = await tx.get(sql, [
    ...[turn.threadId, turn.clientTurnId, whole(turn.at), turn.channel, turn.userText, turn.assistantText],
    ...[turn.outcome, turn.route, turn.style, JSON.stringify(turn.diagnostics)],
  ]);
  const id = number(row ?? {}, 'id');
  for (const userId of new Set(turn.speakers)) {
    await tx.run('INSERT INTO turn_speakers (turn_id, user_id) VALUES (?, ?)', [id, userId]);
  }
};

const speakersOf = `(SELECT COALESCE(GROUP_CONCAT(user_id), '') FROM turn_speakers WHERE turn_id = turns.id)`;
const peopleOf = `(SELECT COALESCE(GROUP_CONCAT(user_id), '') FROM episode_people WHERE episode_id = episodes.id)`;
const marks = (list: readonly unknown[]): string => list.map(() => '?').join(', ');

export const memoryRepository = ({ db }: RepositoryContext): MemoryStore => ({
  opened: async ({ threadId, surface, ownerId, guildId, sessionId, createdAt }) => {
    const sql = `INSERT INTO threads (thread_id, surface, owner_id, guild_id, session_id, created_at, active_at, turn_count, state, state_at)
VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'open', ?) ON CONFLICT (thread_id) DO NOTHING`;
    const at = whole(createdAt);
    await db.run(sql, [threadId, surface, ownerId, guildId, sessionId, at, at, at]);
  },
  thread: async (threadId) => {
    const row = await db.get('SELECT * FROM threads WHERE thread_id = ?', [threadId]);
    return row === undefined ? null : toThread(row);
  },
  unfinished: async (idleSince) => {
    const sql = `SELECT * FROM threads WHERE state IN ('in_progress', 'failed') OR (state = 'open' AND active_at < ?) ORDER BY active_at`;
    return (await db.all(sql, [whole(idleSince)])).map(toThread);
  },
  append: async (turn) =>
    await db.transaction(async (tx) => {
      const key = [turn.threadId, turn.clientTurnId];
      const known = await tx.get('SELECT * FROM turn_receipts WHERE thread_id = ? AND client_turn_id = ?', key);
      if (known !== undefined) {
        const hash = textOrNull(known, 'body_hash');
        // Without a hash its words were forgotten: whatever is repeated is not recorded again.
        if (hash !== null && hash !== turn.bodyHash) return { kind: 'conflict' };
        return { kind: 'duplicate', turnCount: number(known, 'turn_count'), at: number(known, 'at') };
      }
      const at = whole(turn.at);
      const counted = await tx.get(
        `UPDATE threads SET turn_count = turn_count + 1, active_at = ? WHERE thread_id = ? AND state = 'open' RETURNING turn_count`,
        [at, turn.threadId],
      );
      if (counted === undefined) return { kind: 'no_thread' };
      const turnCount = number(counted, 'turn_count');
      await insertTurn(tx, turn);
      const sql =
        'INSERT INTO turn_receipts (thread_id, client_turn_id, body_hash, turn_count, at) VALUES (?, ?, ?, ?, ?)';
      await tx.run(sql, [...key, turn.bodyHash, turnCount, at]);
      return { kind: 'recorded', turnCount, at };
    }),
  turns: async (threadId) => {
    const rows = await db.all(`SELECT *, ${speakersOf} AS speakers FROM turns WHERE thread_id = ? ORDER BY id`, [
      threadId,
    ]);
    return rows.map(toTurn);
  },
  held: async (threadId, candidates) => {
    await db.transaction(async (tx) => {
      await tx.run('DELETE FROM memory_candidates WHERE thread_id = ?', [threadId]);
      for (const { ownerId, kind, text: words, turnId } of candidates) {
        const sql = `INSERT INTO memory_candidates (thread_id, owner_id, kind, text, turn_id)
SELECT thread_id, ?, ?, ?, id FROM turns WHERE id = ? AND thread_id = ?`;
        await tx.run(sql, [ownerId, kind, words, turnId, threadId]);
      }
    });
  },
  candidates: async (threadId) =>
    (await db.all('SELECT * FROM memory_candidates WHERE thread_id = ? ORDER BY id', [threadId])).map(toCandidate),
  moved: async (threadId, from, to, detail, at) => {
    const sql = `UPDATE threads SET state = ?, state_detail = ?, state_at = ? WHERE thread_id = ? AND state IN (${marks(from)})`;
    return (await db.run(sql, [to, detail, whole(at), threadId, ...from])) > 0;
  },
  finished: async (threadId, { turns, episode, memories, at }) =>
    await db.transaction(async (tx) => {
      const now = await tx.get('SELECT COUNT(*) AS n FROM turns WHERE thread_id = ?', [threadId]);
      if (number(now ?? {}, 'n') !== turns) return false;
      if (episode !== null) await insertEpisode(tx, episode);
      for (const memory of memories) await insertMemory(tx, memory);
      await tx.run('DELETE FROM memory_candidates WHERE thread_id = ?', [threadId]);
      const sql = `UPDATE threads SET state = 'completed', state_detail = NULL, state_at = ? WHERE thread_id = ?`;
      await tx.run(sql, [whole(at), threadId]);
      return true;
    }),
  rated: async (threadId, feedback) =>
    (await db.run('UPDATE threads SET feedback = ? WHERE thread_id = ?', [feedback, threadId])) > 0,
  priorSessions: async (ownerId, exceptThreadId) => {
    const sql = `SELECT COUNT(DISTINCT turns.thread_id) AS n FROM turns JOIN turn_speakers ON turn_speakers.turn_id = turns.id
JOIN threads ON threads.thread_id = turns.thread_id
WHERE turn_speakers.user_id = ? AND turns.thread_id <> ? AND threads.state <> 'open'`;
    return number((await db.get(sql, [ownerId, exceptThreadId])) ?? {}, 'n');
  },
  remember: async (memory) => await insertMemory(db, memory),
  memoriesOf: async (ownerId) =>
    (await db.all('SELECT * FROM memories WHERE owner_id = ? ORDER BY updated_at DESC, id DESC', [ownerId])).map(
      toMemory,
    ),
  guildMemories: async (guildId, ownerIds) => {
    if (ownerIds.length === 0) return [];
    const sql = `SELECT * FROM memories WHERE guild_id = ? AND scope = 'guild' AND owner_id IN (${marks(ownerIds)}) ORDER BY id`;
    return (await db.all(sql, [guildId, ...ownerIds])).map(toMemory);
  },
  changeMemory: async (id, ownerId, patch, at) => {
    const columns = { text: 'text', scope: 'scope', guildId: 'guild_id', kind: 'kind' } as const;
    const named = (Object.keys(columns) as (keyof typeof columns)[]).filter((key) => patch[key] !== undefined);
    const sets = [...named.map((key) => `${columns[key]} = ?`), 'updated_at = ?'].join(', ');
    const values = named.map((key) => patch[key] as SqlValue);
    return (
      (await db.run(`UPDATE memories SET ${sets} WHERE id = ? AND owner_id = ?`, [...values, whole(at), id, ownerId])) >
      0
    );
  },
  forgetMemory: async (id, ownerId) =>
    (await db.run('DELETE FROM memories WHERE id = ? AND owner_id = ?', [id, ownerId])) > 0,
  episodesOf: async (userId, limit) => {
    const sql = `SELECT episodes.*, ${peopleOf} AS people FROM episodes JOIN episode_people ON episode_id = episodes.id
WHERE episode_people.user_id = ? ORDER BY at DESC LIMIT ?`;
    return (await db.all(sql, [userId, limit])).map(toEpisode);
  },
});
