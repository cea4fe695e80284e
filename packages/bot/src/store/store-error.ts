/** What can be wrong with the store. `retryable`: the same call may succeed later without anybody changing anything. */
export const storeErrorCodes = {
  busy: { retryable: true, meaning: 'another process holds a lock on the database' },
  full: { retryable: true, meaning: 'there is no space left for the database' },
  corrupt: { retryable: false, meaning: 'the database file is damaged' },
  readonly: { retryable: false, meaning: 'the database may not be written' },
  io: { retryable: true, meaning: 'the database file could not be read or written' },
  constraint: { retryable: false, meaning: 'a row breaks a rule of its table' },
  newer_schema: { retryable: false, meaning: 'the database was made by a newer Parley' },
  migration_failed: { retryable: false, meaning: 'the tables could not be brought up to date' },
  driver_missing: { retryable: false, meaning: 'no SQLite binding could be loaded' },
  closed: { retryable: false, meaning: 'the store is closed' },
  invalid_row: { retryable: false, meaning: 'a stored value is not what this version writes' },
  internal: { retryable: false, meaning: 'a defect; the cause has the stack' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type StoreErrorCode = keyof typeof storeErrorCodes;

/** A failure of the store, with a stable code and what was attempted. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, attempted: string, options: { cause?: unknown; detail?: string } = {}) {
    const { meaning } = storeErrorCodes[code];
    super(`${attempted}: ${meaning}${options.detail === undefined ? '' : ` (${options.detail})`}`, {
      cause: options.cause,
    });
    this.name = 'StoreError';
    this.code = code;
  }

  get retryable(): boolean {
    return storeErrorCodes[this.code].retryable;
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html); extended codes carry them in their low byte. */
const byResultCode: Readonly<Record<number, StoreErrorCode>> = {
  5: 'busy',
  6: 'busy',
  8: 'readonly',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'io',
  19: 'constraint',
  26: 'corrupt',
};

/** Any failure of a driver as a StoreError; one that is a StoreError already stays as it is. `attempted`: what was done, in words. */
export const toStoreError = (error: unknown, attempted: string): StoreError => {
  if (error instanceof StoreError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = byResultCode[resultCodeOf(error) & 0xff] ?? 'internal';
  return new StoreError(code, attempted, { cause: error, detail });
};

/** node:sqlite puts SQLite's result code into `errcode`, the sqlite3 package into `errno`. */
const resultCodeOf = (error: unknown): number => {
  if (typeof error !== 'object' || error === null) return 0;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode;
  if ('errno' in error && typeof error.errno === 'number' && error.errno > 0) return error.errno;
  return 0;
};
