import { number, oneOf, text, textOrNull, whole } from '../columns.ts';
import { type ConsentJournal, consentKinds, consentStates } from '../consent-journal.ts';
import type { Db, SqlRow, SqlValue } from '../db.ts';
import type { ConsentKind, ConsentRow, ConsentState } from '../rows.ts';
import type { Store } from '../store.ts';
import { toStoreError } from '../store-error.ts';
import type { RepositoryContext } from './context.ts';

const insert = `INSERT INTO consents (user_id, guild_id, kind, state, at, text_version)
SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (
  SELECT 1 FROM consents WHERE user_id = ? AND guild_id IS ? AND kind = ? AND state = ? AND at = ?
)`;

const paramsOf = (row: ConsentRow): SqlValue[] => {
  const at = whole(row.at);
  return [
    ...[row.userId, row.guildId, row.kind, row.state, at, row.textVersion],
    ...[row.userId, row.guildId, row.kind, row.state, at],
  ];
};

/**
 * The latest decision of each person about one kind of use, for this guild or everywhere. Of two in the same millisecond the no
 * counts, then the later written.
 */
const latest = `SELECT user_id FROM (
  SELECT user_id, state, ROW_NUMBER() OVER (
    PARTITION BY user_id ORDER BY at DESC, state = 'opted_out' DESC, id DESC
  ) AS place
  FROM consents WHERE kind = ? AND (guild_id = ? OR guild_id IS NULL)
) WHERE place = 1 AND state = ?`;

/** @throws StoreError `invalid_row` */
export const consentOf = (row: SqlRow): ConsentRow => ({
  userId: text(row, 'user_id'),
  guildId: textOrNull(row, 'guild_id'),
  kind: oneOf(row, 'kind', consentKinds),
  state: oneOf(row, 'state', consentStates),
  at: number(row, 'at'),
  textVersion: number(row, 'text_version'),
});

/** Writes the decisions that the journal has and the database has not; resolves with their number. */
export const restoreConsents = (db: Db, rows: readonly ConsentRow[]): Promise<number> =>
  db.transaction(async (tx) => {
    let restored = 0;
    for (const row of rows) restored += await tx.run(insert, paramsOf(row));
    return restored;
  });

export const consentRepository = ({ db, logger }: RepositoryContext, journal: ConsentJournal): Store['consents'] => {
  const having = async (kind: ConsentKind, guildId: string, state: ConsentState): Promise<ReadonlySet<string>> =>
    new Set((await db.all(latest, [kind, guildId, state])).map((row) => text(row, 'user_id')));
  return {
    set: async (row) => {
      // A no holds as soon as it stands anywhere; a yes only when the database has it.
      if (row.state === 'opted_out') await journal.append({ ...row, at: whole(row.at) });
      await db.run(insert, paramsOf(row));
      if (row.state === 'opted_out') return;
      await journal.append({ ...row, at: whole(row.at) }).catch((error: unknown) => {
        const failure = toStoreError(error, 'keeping a consent');
        logger.error({ code: failure.code, error: failure.message }, 'consent journal not written');
      });
    },
    optedOut: (guildId, kind = 'recorded') => having(kind, guildId, 'opted_out'),
    optedIn: (guildId, kind = 'recorded') => having(kind, guildId, 'opted_in'),
    of: async (userId) =>
      (await db.all('SELECT * FROM consents WHERE user_id = ? ORDER BY at DESC, id DESC', [userId])).map(consentOf),
  };
};
