import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DbStatements, SqlRow } from '../db.ts';
import { openDriver } from '../drivers/open-driver.ts';
import { migrate } from '../migrate.ts';
import { SerialDb } from '../serial-db.ts';
import { schemaOf } from '../testing/sample-database.ts';
import { drivers, openTestStore, tempFolder } from '../testing/temp-store.ts';
import { contentTables, quoted } from '../transfer/tables.ts';
import { migrations } from './all.ts';

const folder = join(import.meta.dirname, 'fixtures');
const fixtures = (await readdir(folder)).sort();
const versionOf = (name: string): number => Number(name.slice(0, 3));

const open = async (driver: 'sqlite3' | 'node', file = ':memory:') => new SerialDb(await openDriver(driver, file));

const rowsOf = async (db: DbStatements): Promise<Record<string, SqlRow[]>> =>
  Object.fromEntries(
    await Promise.all(
      (await contentTables(db)).map(async (table) => [table, await db.all(`SELECT * FROM ${quoted(table)}`)] as const),
    ),
  );

test('versions count up by one, and every one before the newest has its fixture', () => {
  assert.deepEqual(
    migrations.map(({ version }) => version),
    migrations.map((_, index) => index + 1),
  );
  const kept = fixtures.map(versionOf);
  for (const { version, name } of migrations.slice(0, -1))
    assert.ok(
      kept.includes(version),
      `node scripts/migration-fixture.ts ${version} keeps version ${version} (${name})`,
    );
});

for (const name of fixtures)
  for (const { driver, skip } of drivers) {
    test(`${driver}: a database of version ${name} comes up to date with every row it had`, { skip }, async () => {
      await using home = await tempFolder();
      const file = join(home.path, 'parley.db');
      const old = await open(driver, file);
      await old.exec(await readFile(join(folder, name), 'utf8'));
      const before = await rowsOf(old);
      assert.ok(Object.values(before).every((rows) => rows.length === 2));
      await old.close();
      await (await openTestStore(home.path, { driver }))[Symbol.asyncDispose]();
      const now = await open(driver, file);
      const after = await rowsOf(now);
      for (const [table, rows] of Object.entries(before)) {
        for (const [index, row] of rows.entries())
          assert.partialDeepStrictEqual({ ...after[table]?.[index] }, { ...row });
      }
      const fresh = await open(driver);
      await migrate(fresh, migrations, 0);
      assert.deepEqual(await schemaOf(now), await schemaOf(fresh));
      await fresh.close();
      await now.close();
    });
  }

for (const name of fixtures)
  test(`what version ${name} makes has not changed since it was kept`, async () => {
    const kept = await open('node');
    await kept.exec(await readFile(join(folder, name), 'utf8'));
    const made = await open('node');
    await migrate(
      made,
      migrations.filter(({ version }) => version <= versionOf(name)),
      0,
    );
    assert.deepEqual(await schemaOf(made), await schemaOf(kept));
    await kept.close();
    await made.close();
  });
