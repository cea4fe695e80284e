import type { Logger } from '../log.ts';
import type { Db } from './db.ts';
import { toStoreError } from './store-error.ts';

/** How words are found: by SQLite's index, or by reading every row where the binding was built without FTS5. */
export type FullText = 'fts5' | 'like';

/** Names of the index's tables, which hold nothing of their own, as a `LIKE` pattern with `\`. */
export const indexTables = 'transcript\\_fts%';

/** The value of `meta` that says that rows were changed without the index. */
const staleKey = 'transcript_fts';

const createIndex = `CREATE VIRTUAL TABLE transcript_fts USING fts5(
  text, content = 'transcript_segments', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
)`;

/**
 * Triggers of this connection keep the index in step with its table, whoever changes it (sqlite.org/fts5.html, "External Content Tables").
 * They are not part of the database: a Parley whose binding lacks FTS5 can still change the table.
 */
const triggers = `
CREATE TEMP TRIGGER transcript_indexed AFTER INSERT ON main.transcript_segments BEGIN
  INSERT INTO transcript_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TEMP TRIGGER transcript_unindexed AFTER DELETE ON main.transcript_segments BEGIN
  INSERT INTO transcript_fts (transcript_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;`;

/**
 * Makes the index of what was said ready, built anew where it is missing or rows were changed without it; where it cannot be used, it is emptied.
 * @param wanted `like`: do without the index
 * @returns how to search from now on @throws StoreError
 */
export const openFullText = async (db: Db, logger: Logger, wanted: 'auto' | 'like' = 'auto'): Promise<FullText> => {
  if (wanted === 'like' || !(await hasFts5(db))) {
    logger.warn('this SQLite has no FTS5: searching transcripts reads every row');
    await dropIndex(db);
    await db.run("INSERT INTO meta (key, value) VALUES (?, 'stale') ON CONFLICT (key) DO UPDATE SET value = 'stale'", [
      staleKey,
    ]);
    return 'like';
  }
  await db.transaction(async (tx) => {
    const isThere = await tx.get("SELECT 1 AS yes FROM sqlite_schema WHERE name = 'transcript_fts'");
    const isStale = await tx.get("SELECT 1 AS yes FROM meta WHERE key = ? AND value = 'stale'", [staleKey]);
    if (isThere !== undefined && isStale === undefined) return;
    if (isThere === undefined) await tx.exec(createIndex);
    // What is deleted leaves the index at once, not when it is next merged.
    await tx.run("INSERT INTO transcript_fts (transcript_fts, rank) VALUES ('secure-delete', 1)");
    await tx.run("INSERT INTO transcript_fts (transcript_fts) VALUES ('rebuild')");
    await tx.run('DELETE FROM meta WHERE key = ?', [staleKey]);
  });
  await db.exec(triggers);
  return 'fts5';
};

/**
 * What the index's own tables hold when nothing is in it: averages of no rows, and a structure without levels or segments
 * (sqlite.org/fts5.html, "Data Structures"). Anything else would be a damaged database to whoever checks it with FTS5.
 */
const emptied = `DELETE FROM transcript_fts_data;
DELETE FROM transcript_fts_idx;
DELETE FROM transcript_fts_docsize;
INSERT INTO transcript_fts_data (id, block) VALUES (1, x''), (10, x'00000000000000');`;

/**
 * Without the index nothing that is deleted or erased leaves it: none of its words stay. Where FTS5 is missing it cannot be dropped, but its
 * own tables are tables like any other.
 */
const dropIndex = async (db: Db): Promise<void> => {
  try {
    await db.exec('DROP TABLE IF EXISTS transcript_fts');
  } catch (error) {
    const failure = toStoreError(error, 'dropping the index');
    if (!isModuleMissing(failure)) throw failure;
    await db.transaction((tx) => tx.exec(emptied));
  }
};

const isModuleMissing = ({ message }: Error): boolean => /no such module/i.test(message);

/** Tried, not asked: a build may have it without naming it among its options. */
const hasFts5 = async (db: Db): Promise<boolean> => {
  try {
    await db.exec('CREATE VIRTUAL TABLE temp.fts_probe USING fts5(text); DROP TABLE temp.fts_probe');
    return true;
  } catch (error) {
    const failure = toStoreError(error, 'looking for FTS5');
    if (isModuleMissing(failure)) return false;
    throw failure;
  }
};
