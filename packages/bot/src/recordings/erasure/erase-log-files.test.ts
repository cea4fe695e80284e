import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { parseSettings } from '../../config/index.ts';
import { createLogger, openLogDestination } from '../../log.ts';
import { eraseFromLogFiles } from './erase-log-files.ts';

const ada = '100000000000000001';
const nobody = '0'.repeat(18);

test('an id goes from the log file and those put aside, whatever piece it lies in; nothing moves, nothing else changes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-log-'));
  await using _gone = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  const file = join(folder, 'parley.log');
  const mega = 1024 * 1024;
  // Across the end of a piece, at its first and last byte, at both ends of the file, beside other digits.
  const places = [0, mega - 9, 2 * mega, 3 * mega - 18, 4 * mega + 22];
  const content = Buffer.alloc(4 * mega + 40, '.');
  for (const at of places) content.write(ada, at);
  content.write(`7${ada}`, mega + 5000);
  content.write(`7${ada}`, 4 * mega - 1);
  content.write(`${ada}7`, 6000);
  await writeFile(file, content);
  await writeFile(`${file}.1`, `{"userId":"${ada}"}\n`);
  await writeFile(`${file}.12`, ada);
  const others = [join(folder, 'parley.log.bak'), join(folder, 'other.log')];
  for (const other of others) await writeFile(other, ada);
  await symlink(others[1] as string, `${file}.2`);

  assert.equal(await eraseFromLogFiles(file, ada), places.length + 2);
  const expected = Buffer.from(content);
  for (const at of places) expected.write(nobody, at);
  assert.ok(expected.equals(await readFile(file)));
  assert.equal(await readFile(`${file}.1`, 'utf8'), `{"userId":"${nobody}"}\n`);
  assert.equal(await readFile(`${file}.12`, 'utf8'), nobody);
  for (const other of others) assert.equal(await readFile(other, 'utf8'), ada);
  assert.equal(await eraseFromLogFiles(file, ada), 0);
});

test('a line logged just before is in the file when it is searched, and lines go on to be written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-log-'));
  await using _gone = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  const logFile = join(folder, 'parley.log');
  const settings = parseSettings({ logFile });
  const destination = openLogDestination(settings, { write: () => undefined });
  const logger = createLogger(settings, destination);
  logger.info({}, 'ready');
  while ((await readFile(logFile, 'utf8')) === '') await setImmediate();
  // The second waits until the event loop has told of the first.
  for (let line = 0; line < 2; line += 1) logger.info({ userId: ada, line }, 'consent');
  logger.flush();
  assert.match(readFileSync(logFile, 'utf8'), /"line":1/);
  assert.equal(await eraseFromLogFiles(logFile, ada), 2);
  logger.info({ userId: 'later' }, 'consent');
  destination[Symbol.dispose]();
  const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).userId),
    [undefined, nobody, nobody, 'later'],
  );
});
