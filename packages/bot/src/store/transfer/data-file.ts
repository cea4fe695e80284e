import { recordingSessionIdPattern, segmentIdPattern, snowflakePattern } from '@parley/protocol';
import { z } from 'zod';
import type { SqlRow, SqlValue } from '../db.ts';

/** What can be wrong with moving the database's content. */
export const dataFileErrors = {
  no_database: 'there is no database to export',
  not_parley: 'this is no export of Parley’s database',
  newer_schema: 'it was exported by a newer Parley; bring this one up to date first',
  bad_line: 'a line is not what an export holds',
  truncated: 'its end is missing: it was cut off while it was written or copied',
  not_empty: 'the database here has content already, and an import never mixes two; give it another data folder',
  exists: 'a file of this name exists already',
  io: 'the file cannot be read or written',
} as const satisfies Record<string, string>;

export type DataFileErrorCode = keyof typeof dataFileErrors;

/** Export or import of the database failed; nothing here was changed. */
export class DataFileError extends Error {
  readonly code: DataFileErrorCode;

  constructor(code: DataFileErrorCode, file: string, options: { detail?: string; cause?: unknown } = {}) {
    super(`${file}: ${dataFileErrors[code]}${options.detail === undefined ? '' : ` (${options.detail})`}`, {
      cause: options.cause,
    });
    this.name = 'DataFileError';
    this.code = code;
  }
}

/** First line: whose it is, the form of these lines (`schema`), the version of the tables. */
export const headerSchema = z.object({
  parley: z.literal('database'),
  schema: z.literal(1),
  version: z.int().positive(),
  exportedAt: z.int().nonnegative(),
});

const valueSchema = z.union([z.string(), z.number(), z.null(), z.object({ base64: z.base64() })]);

/** Every further line: one row of a table. */
export const rowLineSchema = z.strictObject({ table: z.string(), row: z.record(z.string(), valueSchema) });

/** Last line: what went before is whole. */
export const endSchema = z.strictObject({ end: z.literal(true), rows: z.int().nonnegative() });

type Written = z.infer<typeof valueSchema>;

const written = (value: SqlValue): Written => {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
};

/** A row as one line, newline included. */
export const rowLine = (table: string, row: SqlRow): string =>
  `${JSON.stringify({ table, row: Object.fromEntries(Object.entries(row).map(([key, value]) => [key, written(value)])) })}\n`;

/** A value of a line as the database takes it. */
export const sqlValue = (value: Written): SqlValue =>
  typeof value === 'object' && value !== null ? new Uint8Array(Buffer.from(value.base64, 'base64')) : value;

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the ids in these columns look like in every table. Some become parts of paths, all are trusted once they are in. */
const idColumns: Readonly<Record<string, RegExp>> = {
  guild_id: snowflakePattern,
  channel_id: snowflakePattern,
  text_channel_id: snowflakePattern,
  user_id: snowflakePattern,
  message_id: snowflakePattern,
  requested_by: /^(?:\d{17,20})?$/,
  session_id: uuidPattern,
  recording_session_id: recordingSessionIdPattern,
  continues: recordingSessionIdPattern,
  segment_id: segmentIdPattern,
};

/** The first column whose id is none, or null. */
export const wrongId = (row: Readonly<Record<string, Written>>): string | null => {
  for (const [column, pattern] of Object.entries(idColumns)) {
    const value = row[column];
    if (value !== undefined && value !== null && !(typeof value === 'string' && pattern.test(value))) return column;
  }
  return null;
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
