import { text } from '../columns.ts';
import type { DbStatements } from '../db.ts';
import { indexTables } from '../full-text.ts';

/** A name as SQL takes it, whatever it holds. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The tables with content of their own, by name: what SQLite and the migrations keep for themselves is not among them. */
export const contentTables = async (db: DbStatements): Promise<string[]> => {
  const rows = await db.all(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
AND name NOT LIKE '${indexTables}' ESCAPE '\\' AND name <> 'migrations' ORDER BY name`,
  );
  return rows.map((row) => text(row, 'name'));
};

/** Who is signed in on the pages, and by which links: it ends with the installation, and whoever has a copy could pass for them. */
const shortLived: ReadonlySet<string> = new Set(['sign_in_links', 'sign_ins']);

/** The tables that an export carries to another installation, by name. */
export const carriedTables = async (db: DbStatements): Promise<string[]> =>
  (await contentTables(db)).filter((table) => !shortLived.has(table));

export interface TableColumns {
  readonly all: ReadonlySet<string>;
  /** The primary key, in its order. */
  readonly key: readonly string[];
}

export const columnsOf = async (db: DbStatements, table: string): Promise<TableColumns> => {
  const rows = await db.all('SELECT name, pk FROM pragma_table_info(?)', [table]);
  return {
    all: new Set(rows.map((row) => text(row, 'name'))),
    key: rows
      .filter(({ pk }) => Number(pk) > 0)
      .toSorted((a, b) => Number(a.pk) - Number(b.pk))
      .map((row) => text(row, 'name')),
  };
};
