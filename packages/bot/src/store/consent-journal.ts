import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import type { ConsentRow } from './rows.ts';
import { StoreError } from './store-error.ts';

export const consentKinds = ['recorded', 'heard_by_ai', 'transcribed', 'remembered'] as const;
export const consentStates = ['opted_out', 'opted_in'] as const;

const lineSchema = z.object({
  v: z.literal(1),
  userId: z.string(),
  guildId: z.string().nullable(),
  kind: z.enum(consentKinds),
  state: z.enum(consentStates),
  at: z.int().nonnegative(),
  textVersion: z.int(),
});

/**
 * Every decision once more in a plain file beside the database, one JSON line each: a damaged database is replaced by an empty one,
 * and people who said no must not be recorded for it.
 */
export class ConsentJournal {
  readonly #file: string;
  readonly #logger: Logger;

  constructor(file: string, logger: Logger) {
    this.#file = file;
    this.#logger = logger;
  }

  /** Resolves when the line is on disk. Rejects with `io`. */
  async append(row: ConsentRow): Promise<void> {
    try {
      await using handle = await open(this.#file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
      // The newline comes first, so that a line torn by a power cut spoils nothing but itself.
      await handle.appendFile(`\n${JSON.stringify({ v: 1, ...row })}`);
      await handle.datasync();
    } catch (cause) {
      throw new StoreError('io', 'keeping a consent', { cause, detail: messageOf(cause) });
    }
  }

  /** Every readable decision in its order; torn lines are named in the log. Rejects with `io` when the file cannot be read. */
  async read(): Promise<ConsentRow[]> {
    let content: string;
    try {
      content = await readFile(this.#file, 'utf8');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
      throw new StoreError('io', 'reading the consents', { cause, detail: messageOf(cause) });
    }
    const rows: ConsentRow[] = [];
    let torn = 0;
    for (const line of content.split('\n')) {
      if (line === '') continue;
      const row = parseLine(line);
      if (row === null) torn += 1;
      else rows.push(row);
    }
    if (torn > 0) this.#logger.warn({ lines: torn }, 'consent journal has unreadable lines');
    return rows;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const parseLine = (line: string): ConsentRow | null => {
  try {
    const { v: _v, ...row } = lineSchema.parse(JSON.parse(line));
    return row;
  } catch {
    return null;
  }
};
