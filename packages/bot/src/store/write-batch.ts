import type { Clock } from '@parley/protocol';
import type { Logger } from '../log.ts';
import type { Db, SqlValue } from './db.ts';
import { type StoreError, toStoreError } from './store-error.ts';

/** One statement that waits to be written. */
export interface PendingWrite {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  /** What a count of waiting rows can ask for. */
  readonly tag?: { readonly kind: string; readonly guildId: string | null; readonly at: number };
}

export interface WriteBatchOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFailure: (error: StoreError) => void;
  readonly onDropped: (rows: number) => void;
  /** Rows that may wait; beyond it the oldest is dropped and counted. */
  readonly maxPending?: number;
}

/** Milliseconds from the first waiting row to the write: well within the 100 ms the store promises. */
const batchMs = 50;
const retryFirstMs = 100;
const retryMostMs = 5_000;
const lastAttempts = 5;

/**
 * The hot path to the database: rows are gathered and written in one transaction. Never throws into the caller: a locked or full
 * database is tried again with back-off while the rows wait in a bounded queue; a row that its table refuses is dropped alone.
 */
export class WriteBatch {
  readonly #options: WriteBatchOptions;
  readonly #maxPending: number;
  #pending: PendingWrite[] = [];
  #inWork: readonly PendingWrite[] = [];
  #timer: Disposable | null = null;
  #flushing: Promise<void> | null = null;
  #retryMs = 0;
  #closed = false;

  constructor(options: WriteBatchOptions) {
    this.#options = options;
    this.#maxPending = options.maxPending ?? 10_000;
  }

  /** Rows that are not on disk yet. */
  get size(): number {
    return this.#pending.length + this.#inWork.length;
  }

  /** Queues a row; it is written within 100 ms when the database can be written. */
  push(write: PendingWrite): void {
    if (this.#closed) {
      this.#drop(1, 'the store is closed');
      return;
    }
    this.#pending.push(write);
    if (this.#pending.length > this.#maxPending) {
      this.#pending.shift();
      this.#drop(1, 'the queue is full');
    }
    this.#timer ??= this.#options.clock.setTimeout(() => this.#onTimer(), batchMs);
  }

  /** Waiting rows of this kind and guild, at or after `sinceMs`. */
  waiting(kind: string, guildId: string, sinceMs: number): number {
    return [...this.#inWork, ...this.#pending].filter(
      ({ tag }) => tag?.kind === kind && tag.guildId === guildId && tag.at >= sinceMs,
    ).length;
  }

  /** Tries to write all that waits now. Never rejects; what cannot be written stays in the queue. */
  async flush(): Promise<void> {
    await this.#flushing;
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = null;
    });
    await this.#flushing;
  }

  /** Writes what waits, a few tries; what is left then is dropped, counted and logged. */
  async close(): Promise<void> {
    for (let attempt = 0; attempt < lastAttempts && (attempt === 0 || this.size > 0); attempt += 1) await this.flush();
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    if (this.#pending.length > 0) this.#drop(this.#pending.length, 'the store closes');
    this.#pending = [];
  }

  #onTimer(): void {
    this.#timer = null;
    // `flush` never rejects: every failure inside is logged, counted and kept.
    void this.flush();
  }

  async #write(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    if (this.#pending.length === 0) return;
    this.#inWork = this.#pending;
    this.#pending = [];
    try {
      await this.#writeAll(this.#inWork);
      this.#retryMs = 0;
    } catch (error) {
      await this.#onWriteFailure(toStoreError(error, 'writing a batch'));
    } finally {
      this.#inWork = [];
    }
  }

  #writeAll(rows: readonly PendingWrite[]): Promise<void> {
    return this.#options.db.transaction(async (tx) => {
      for (const { sql, params } of rows) await tx.run(sql, params);
    });
  }

  async #onWriteFailure(error: StoreError): Promise<void> {
    const rows = this.#inWork;
    this.#report(error, rows.length);
    if (error.retryable) this.#keep(rows);
    else if (error.code === 'constraint' || error.code === 'internal' || error.code === 'invalid_row')
      await this.#writeSingly(rows);
    else this.#drop(rows.length, error.code);
  }

  /** One bad row must not take the others with it. */
  async #writeSingly(rows: readonly PendingWrite[]): Promise<void> {
    for (const row of rows) {
      try {
        await this.#options.db.run(row.sql, row.params);
      } catch (error) {
        const failure = toStoreError(error, 'writing a row');
        this.#report(failure, 1);
        this.#drop(1, failure.code);
      }
    }
  }

  #keep(rows: readonly PendingWrite[]): void {
    this.#pending = [...rows, ...this.#pending];
    const tooMany = this.#pending.length - this.#maxPending;
    if (tooMany > 0) {
      this.#pending.splice(0, tooMany);
      this.#drop(tooMany, 'the queue is full');
    }
    this.#retryMs = Math.min(retryMostMs, Math.max(retryFirstMs, this.#retryMs * 2));
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#options.clock.setTimeout(() => this.#onTimer(), this.#retryMs);
  }

  #report(error: StoreError, rows: number): void {
    this.#options.onFailure(error);
    this.#options.logger.error(
      { code: error.code, error: error.message, rows, retryable: error.retryable },
      'database write failed',
    );
  }

  #drop(rows: number, why: string): void {
    this.#options.onDropped(rows);
    this.#options.logger.error({ rows, why }, 'database rows dropped');
  }
}
