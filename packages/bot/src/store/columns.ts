import type { SqlRow, SqlValue } from './db.ts';
import { StoreError } from './store-error.ts';

const wrong = (column: string, value: SqlValue | undefined, wanted: string): StoreError =>
  new StoreError('invalid_row', 'reading a row', { detail: `${column} is ${typeof value}, not ${wanted}` });

/** A column that holds text. Throws `invalid_row`. */
export const text = (row: SqlRow, column: string): string => {
  const value = row[column];
  if (typeof value !== 'string') throw wrong(column, value, 'text');
  return value;
};

export const textOrNull = (row: SqlRow, column: string): string | null =>
  row[column] === null ? null : text(row, column);

/** A column that holds a number. Throws `invalid_row`. */
export const number = (row: SqlRow, column: string): number => {
  const value = row[column];
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'number') throw wrong(column, value, 'a number');
  return value;
};

export const numberOrNull = (row: SqlRow, column: string): number | null =>
  row[column] === null ? null : number(row, column);

/** A text column that holds one of these words. Throws `invalid_row`. */
export const oneOf = <const W extends string>(row: SqlRow, column: string, words: readonly W[]): W => {
  const value = text(row, column);
  const word = words.find((known) => known === value);
  if (word === undefined) throw wrong(column, value, words.join(' | '));
  return word;
};

/** Whole milliseconds: STRICT tables refuse fractions in integer columns. */
export const whole = (value: number): number => Math.round(value);

export const wholeOrNull = (value: number | null): number | null => (value === null ? null : whole(value));

/** `UPDATE` of the columns that a patch names; null when it names none. `columns`: patch key → column. */
export const updateOf = <P extends object>(
  table: string,
  columns: { readonly [K in keyof P]-?: string },
  patch: P,
  where: string,
): { readonly sql: string; readonly values: SqlValue[] } | null => {
  const named = (Object.keys(columns) as (keyof P & string)[]).filter((key) => patch[key] !== undefined);
  if (named.length === 0) return null;
  return {
    sql: `UPDATE ${table} SET ${named.map((key) => `${columns[key]} = ?`).join(', ')} WHERE ${where} = ?`,
    values: named.map((key) => patch[key] as SqlValue),
  };
};
