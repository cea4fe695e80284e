import { number, oneOf, text, textOrNull, whole } from '../columns.ts';
import type { SqlRow } from '../db.ts';
import type { JobRow } from '../rows.ts';
import type { Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import type { RepositoryContext } from './context.ts';

const kinds = ['mux', 'deliver', 'transcribe', 'withdraw', 'webhook'] as const;
const states = ['queued', 'running', 'done', 'failed'] as const;

const upsert = `INSERT INTO jobs
(kind, recording_session_id, state, attempts, not_before, last_error, created_at, updated_at)
VALUES (?, ?, 'queued', 0, ?, NULL, ?, ?)
ON CONFLICT (kind, recording_session_id) DO UPDATE SET state = 'queued', not_before = excluded.not_before,
updated_at = excluded.updated_at`;

const update = `UPDATE jobs SET state = ?, attempts = attempts + ?, not_before = COALESCE(?, not_before),
last_error = CASE WHEN ? THEN ? ELSE last_error END, updated_at = ? WHERE kind = ? AND recording_session_id = ?`;

const toRow = (row: SqlRow): JobRow => ({
  kind: oneOf(row, 'kind', kinds),
  recordingSessionId: text(row, 'recording_session_id'),
  state: oneOf(row, 'state', states),
  attempts: number(row, 'attempts'),
  notBefore: number(row, 'not_before'),
  lastError: textOrNull(row, 'last_error'),
  createdAt: number(row, 'created_at'),
  updatedAt: number(row, 'updated_at'),
});

export const jobRepository = ({ db, clock }: RepositoryContext): Store['jobs'] => ({
  put: async (kind, recordingSessionId, notBefore = 0) => {
    const now = whole(clock.now());
    await db.run(upsert, [kind, recordingSessionId, whole(notBefore), now, now]);
  },
  update: async (kind, recordingSessionId, patch) => {
    const changed = await db.run(update, [
      patch.state,
      patch.attempt === true ? 1 : 0,
      patch.notBefore === undefined ? null : whole(patch.notBefore),
      patch.lastError === undefined ? 0 : 1,
      patch.lastError ?? null,
      whole(clock.now()),
      kind,
      recordingSessionId,
    ]);
    if (changed === 0)
      throw new StoreError('constraint', 'updating a job', { detail: `no ${kind} job of ${recordingSessionId}` });
  },
  get: async (kind, recordingSessionId) => {
    const row = await db.get('SELECT * FROM jobs WHERE kind = ? AND recording_session_id = ?', [
      kind,
      recordingSessionId,
    ]);
    return row === undefined ? null : toRow(row);
  },
  open: async (kind) => {
    const rows = await db.all(
      "SELECT * FROM jobs WHERE kind = ? AND state IN ('queued', 'running') ORDER BY created_at, recording_session_id",
      [kind],
    );
    return rows.map(toRow);
  },
});
