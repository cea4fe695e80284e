import { text } from '../columns.ts';
import type { DbStatements, SqlValue } from '../db.ts';
import { indexTables } from '../full-text.ts';
import { contentTables, quoted } from '../transfer/tables.ts';

const words: Readonly<Record<string, (n: number) => SqlValue>> = {
  guild_id: (n) => `10000000000000000${n}`,
  channel_id: (n) => `30000000000000000${n}`,
  text_channel_id: (n) => `40000000000000000${n}`,
  message_id: (n) => `60000000000000000${n}`,
  user_id: (n) => `20000000000000000${n}`,
  requested_by: (n) => `20000000000000000${n}`,
  session_id: (n) => `aaaaaaaa-0000-4000-8000-00000000000${n}`,
  recording_session_id: (n) => `10000000000000000${n}-30000000000000000${n}-20270115T08000000${n}Z`,
  continues: (n) => `10000000000000000${n}-30000000000000000${n}-20270114T08000000${n}Z`,
  'recordings.status': () => 'completed',
  'consents.kind': () => 'recorded',
  'threads.surface': () => 'discord',
  'threads.state': () => 'open',
  'threads.feedback': () => 'positive',
  'turns.channel': () => 'voice',
  'turns.outcome': () => 'completed',
  'turns.diagnostics': () => '{}',
  'memories.scope': () => 'private',
  'memories.kind': () => 'fact',
  'memory_candidates.kind': () => 'fact',
  'episodes.themes': () => '[]',
  'episodes.open_loops': () => '[]',
  'episodes.resolved': () => '[]',
  'consents.state': () => 'opted_out',
  'jobs.kind': (n) => (n === 1 ? 'mux' : 'deliver'),
  'jobs.state': () => 'done',
  'indicators.kind': () => 'nickname',
  'settings.key': () => 'retentionDays',
  'settings.value': () => '7',
  segment_id: (n) => `20000000000000000${n}/000000000000-${n}`,
};

const sampleOf = (table: string, column: string, type: string, n: number): SqlValue => {
  const known = words[`${table}.${column}`] ?? words[column];
  if (known !== undefined) return known(n);
  if (type === 'INTEGER') return 1_800_000_000_000 + n;
  return type === 'REAL' ? n + 0.5 : `${column} ${n}`;
};

/** Two rows for every table there is, each column filled: what a migration has to bring along. */
export const fillWithSamples = async (db: DbStatements): Promise<void> => {
  for (const table of await contentTables(db)) {
    const columns = await db.all('SELECT name, type FROM pragma_table_info(?)', [table]);
    const names = columns.map((row) => text(row, 'name'));
    const sql = `INSERT INTO ${quoted(table)} (${names.map(quoted).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    for (const n of [1, 2])
      await db.run(
        sql,
        columns.map((row) => sampleOf(table, text(row, 'name'), text(row, 'type'), n)),
      );
  }
};

/** Tables and indexes as SQL, by name: two databases with the same lines have the same tables. */
export const schemaOf = async (db: DbStatements): Promise<string[]> => {
  const rows = await db.all(
    `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '${indexTables}' ESCAPE '\\' ORDER BY type DESC, name`,
  );
  return rows.map((row) => text(row, 'sql'));
};

const literal = (value: SqlValue): string => {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
};

/** The whole database as one SQL script. */
export const dumpOf = async (db: DbStatements): Promise<string> => {
  const lines = (await schemaOf(db)).map((sql) => `${sql};`);
  for (const table of ['migrations', ...(await contentTables(db))]) {
    for (const row of await db.all(`SELECT * FROM ${quoted(table)}`)) {
      const names = Object.keys(row).map(quoted).join(', ');
      lines.push(`INSERT INTO ${quoted(table)} (${names}) VALUES (${Object.values(row).map(literal).join(', ')});`);
    }
  }
  return `${lines.join('\n')}\n`;
};
