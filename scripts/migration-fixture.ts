/**
 * Keeps the database as one version of its tables leaves it, with rows in all of them: `node scripts/migration-fixture.ts <version>`.
 * Done once per version, before it is published; never again, since a database out there does not change either.
 */
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDriver } from '../packages/bot/src/store/drivers/open-driver.ts';
import { migrate } from '../packages/bot/src/store/migrate.ts';
import { migrations } from '../packages/bot/src/store/migrations/all.ts';
import { SerialDb } from '../packages/bot/src/store/serial-db.ts';
import { dumpOf, fillWithSamples } from '../packages/bot/src/store/testing/sample-database.ts';

const version = Number(process.argv[2]);
const step = migrations.find((one) => one.version === version);
if (step === undefined) throw new RangeError(`name a version: ${migrations.map((one) => one.version).join(', ')}`);
const folder = join(import.meta.dirname, '../packages/bot/src/store/migrations/fixtures');
const file = join(folder, `${String(version).padStart(3, '0')}-${step.name}.sql`);
const isThere = await access(file).then(
  () => true,
  () => false,
);
if (isThere) throw new Error(`${file} exists: a published version never changes`);

const db = new SerialDb(await openDriver('node', ':memory:'));
await migrate(
  db,
  migrations.filter((one) => one.version <= version),
  1_800_000_000_000,
);
await fillWithSamples(db);
await writeFile(file, await dumpOf(db));
await db.close();
console.log(`written ${file}`);
