import { whole } from './columns.ts';
import type { ConsentJournal } from './consent-journal.ts';
import type { Db, SqlRow } from './db.ts';
import type { ConsentRow } from './rows.ts';

const nameOf = (row: ConsentRow): string =>
  JSON.stringify([row.userId, row.guildId, row.kind, row.state, whole(row.at)]);

/**
 * Writes the decisions that the database has and the journal has not, as after an import or a lost journal; resolves with their
 * number. A row that this version cannot read is left out.
 */
export const completeConsentJournal = async (
  db: Db,
  journal: ConsentJournal,
  kept: readonly ConsentRow[],
  readRow: (row: SqlRow) => ConsentRow,
): Promise<number> => {
  const known = new Set(kept.map(nameOf));
  let added = 0;
  for (const stored of await db.all('SELECT * FROM consents ORDER BY id')) {
    const row = readable(stored, readRow);
    if (row === null || known.has(nameOf(row))) continue;
    await journal.append(row);
    added += 1;
  }
  return added;
};

const readable = (stored: SqlRow, readRow: (row: SqlRow) => ConsentRow): ConsentRow | null => {
  try {
    return readRow(stored);
  } catch {
    return null;
  }
};
