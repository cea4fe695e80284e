import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import type { Db, SqlValue } from './db.ts';
import { openDriver } from './drivers/open-driver.ts';
import { SerialDb } from './serial-db.ts';
import { StoreError, type StoreErrorCode } from './store-error.ts';
import { drivers, logLines, tempFolder } from './testing/temp-store.ts';
import { WriteBatch } from './write-batch.ts';

const setUp = async (folder: string, driver: 'sqlite3' | 'node', maxPending?: number) => {
  const file = join(folder, 'batch.db');
  const db = new SerialDb(await openDriver(driver, file));
  await db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 1; CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT) STRICT',
  );
  const clock = new FakeClock();
  const { lines, logger } = logLines();
  const codes: string[] = [];
  let dropped = 0;
  const batch = new WriteBatch({
    db,
    clock,
    logger,
    onFailure: ({ code }) => void codes.push(code),
    onDropped: (rows) => {
      dropped += rows;
    },
    ...(maxPending === undefined ? {} : { maxPending }),
  });
  const push = (n: number | string): void =>
    batch.push({ sql: 'INSERT INTO t (n) VALUES (?)', params: [n], tag: { kind: 'k', guildId: 'g', at: Number(n) } });
  const rows = async (): Promise<unknown[]> => (await db.all('SELECT n FROM t ORDER BY n')).map(({ n }) => n);
  return { file, db, clock, lines, codes, batch, push, rows, dropped: () => dropped };
};

/** A second connection that holds the write lock: of the same binding, since file locks do not part two libraries in one process. */
const locked = async (driver: 'sqlite3' | 'node', file: string) => {
  const other = await openDriver(driver, file);
  await other.exec('BEGIN IMMEDIATE');
  return other;
};

/** Lets timers fire up to `ms` on the fake clock and waits until the batch has done what they asked for. */
const pass = async (clock: FakeClock, batch: WriteBatch, ms: number): Promise<void> => {
  await clock.run(ms, 10);
  await batch.flush();
};

for (const { driver, skip } of drivers) {
  test(`${driver}: rows wait at most 100 ms and are written in one transaction`, { skip }, async () => {
    await using folder = await tempFolder();
    const { db, clock, batch, push, rows } = await setUp(folder.path, driver);
    await db.exec('CREATE TABLE commits (n INTEGER)');
    for (let n = 1; n <= 100; n += 1) push(n);
    assert.equal(clock.timers, 1);
    assert.equal((await rows()).length, 0, 'nothing is written at once');
    clock.advance(100);
    while (batch.size > 0) await settle();
    assert.equal((await rows()).length, 100);
    assert.equal(clock.timers, 0);
    await batch.close();
    await db.close();
  });

  test(`${driver}: a locked database keeps the rows and they are written when the lock is gone`, { skip }, async () => {
    await using folder = await tempFolder();
    const { file, db, clock, batch, push, rows, codes, dropped, lines } = await setUp(folder.path, driver);
    const other = await locked(driver, file);
    push(1);
    await pass(clock, batch, 100);
    push(2);
    assert.equal(batch.size, 2);
    assert.ok(codes.length >= 1 && codes.every((code) => code === 'busy'));
    assert.equal(batch.waiting('k', 'g', 2), 1);
    assert.equal(lines.find(({ msg }) => msg === 'database write failed')?.code, 'busy');
    await other.close();
    await clock.run(5_000, 500);
    while (batch.size > 0) await settle();
    assert.deepEqual(await rows(), [1, 2]);
    assert.equal(dropped(), 0);
    await batch.close();
    await db.close();
  });

  test(`${driver}: a lock that stays makes the tries rarer, never more than one in 5 s`, { skip }, async () => {
    await using folder = await tempFolder();
    const { file, db, clock, batch, push, codes } = await setUp(folder.path, driver);
    const other = await locked(driver, file);
    push(1);
    for (let second = 0; second < 60; second += 1) {
      clock.advance(1000);
      await db.get('SELECT 1');
      await settle();
    }
    assert.ok(codes.length >= 10 && codes.length <= 20, `${codes.length} tries in a minute`);
    await other.close();
    await batch.close();
    await db.close();
  });

  test(`${driver}: a row its table refuses is dropped alone`, { skip }, async () => {
    await using folder = await tempFolder();
    const { db, batch, push, rows, dropped, codes } = await setUp(folder.path, driver);
    push(1);
    push(1);
    push('not a number');
    push(2);
    await batch.flush();
    assert.deepEqual(await rows(), [1, 2]);
    assert.equal(dropped(), 2);
    assert.ok(codes.includes('constraint'));
    await batch.close();
    await db.close();
  });

  test(`${driver}: a full database keeps the rows up to its bound and drops the oldest`, { skip }, async () => {
    await using folder = await tempFolder();
    const { db, batch, codes, dropped } = await setUp(folder.path, driver, 3);
    const pages = Number(Object.values((await db.get('PRAGMA page_count')) ?? {})[0]);
    await db.exec(`PRAGMA max_page_count = ${pages}`);
    for (let n = 0; n < 4; n += 1)
      batch.push({ sql: 'INSERT INTO t (n, s) VALUES (?, ?)', params: [n, 'x'.repeat(20_000)] });
    assert.deepEqual([dropped(), batch.size], [1, 3]);
    await batch.flush();
    assert.deepEqual(codes, ['full']);
    assert.equal(batch.size, 3);
    await db.exec('PRAGMA max_page_count = 1000000');
    await batch.close();
    assert.deepEqual(
      (await db.all('SELECT n FROM t ORDER BY n')).map(({ n }) => n),
      [1, 2, 3],
    );
    await db.close();
  });

  test(`${driver}: what cannot be written at the end is counted and named`, { skip }, async () => {
    await using folder = await tempFolder();
    const { file, db, clock, batch, push, dropped, lines } = await setUp(folder.path, driver);
    const other = await locked(driver, file);
    push(1);
    await batch.close();
    await other.close();
    assert.equal(dropped(), 1);
    assert.ok(lines.some(({ why }) => why === 'the store closes'));
    assert.equal(clock.timers, 0);
    await db.close();
  });

  test(`${driver}: statements of others never come into a transaction, and a failed one leaves nothing`, {
    skip,
  }, async () => {
    await using folder = await tempFolder();
    const { db, rows, batch } = await setUp(folder.path, driver);
    const failing = db.transaction(async (tx) => {
      await tx.run('INSERT INTO t (n) VALUES (1)');
      await settle();
      throw new Error('changed my mind');
    });
    const outside = db.run('INSERT INTO t (n) VALUES (2)');
    await assert.rejects(failing, /changed my mind/);
    await outside;
    assert.deepEqual(await rows(), [2]);
    await batch.close();
    await db.close();
    await assert.rejects(db.get('SELECT 1'), { code: 'closed' });
  });

  test(`${driver}: reading one of many rows does not hold up the write-ahead log`, { skip }, async () => {
    await using folder = await tempFolder();
    const { db, batch, push } = await setUp(folder.path, driver);
    for (let n = 1; n <= 10; n += 1) push(n);
    await batch.flush();
    assert.equal((await db.get('SELECT n FROM t ORDER BY n'))?.n, 1);
    assert.equal((await db.get('PRAGMA wal_checkpoint(TRUNCATE)'))?.busy, 0);
    await batch.close();
    await db.close();
  });
}

const fates: readonly (readonly [StoreErrorCode, 'kept' | 'dropped'])[] = [
  ['busy', 'kept'],
  ['full', 'kept'],
  ['io', 'kept'],
  ['corrupt', 'dropped'],
  ['readonly', 'dropped'],
  ['closed', 'dropped'],
  ['newer_schema', 'dropped'],
  ['constraint', 'dropped'],
  ['invalid_row', 'dropped'],
  ['internal', 'dropped'],
];
for (const [code, fate] of fates)
  test(`rows are ${fate} when the database says ${code}, the operator sees it, and nobody is thrown at`, async () => {
    let failing = true;
    const written: unknown[] = [];
    const run = async (_: string, params: readonly SqlValue[] = []): Promise<number> => {
      if (failing) throw new StoreError(code, 'writing');
      return written.push(params[0]);
    };
    const statements = { run, get: async () => undefined, all: async () => [], exec: async () => undefined };
    const db: Db = { ...statements, transaction: (work) => work(statements), close: async () => undefined };
    const clock = new FakeClock();
    const { lines, logger } = logLines();
    const seen: string[] = [];
    let dropped = 0;
    const batch = new WriteBatch({
      db,
      clock,
      logger,
      onFailure: (error) => void seen.push(error.code),
      onDropped: (rows) => {
        dropped += rows;
      },
    });
    batch.push({ sql: 'x', params: [1] });
    await pass(clock, batch, 100);
    assert.ok(seen.length >= 1 && seen.every((one) => one === code));
    assert.ok(lines.some(({ msg, level }) => msg === 'database write failed' && level === 50));
    assert.deepEqual([dropped, batch.size], fate === 'kept' ? [0, 1] : [1, 0]);
    failing = false;
    batch.push({ sql: 'x', params: [2] });
    await pass(clock, batch, 10_000);
    assert.deepEqual(written, fate === 'kept' ? [1, 2] : [2], 'it goes on when the trouble is over');
    await batch.close();
  });
