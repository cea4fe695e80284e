import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLogDestination } from './destination.ts';
import { LogFileError, RotatingFile } from './rotating-file.ts';

const temp = async () => {
  const path = await mkdtemp(join(tmpdir(), 'parley-log-'));
  return { path, file: join(path, 'logs', 'parley.log'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
};

const never = (): void => assert.fail('no problem was expected');
/** Resolves when what waits in the file's queue is on disk, and a file put aside has its successor. */
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + 20_000;
  while (!(await condition().catch(() => false))) {
    assert.ok(performance.now() < end, 'never happened');
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const contents = async (folder: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(folder)).sort().map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
    ),
  );

test('a full log file is put aside, so many are kept, and no line is torn or lost among them', async () => {
  await using folder = await temp();
  {
    using log = new RotatingFile({ file: folder.file, maxBytes: 30, count: 2, onProblem: never });
    for (let n = 0; n < 10; n += 1) {
      log.write(`line number ${n}\n`);
      await until(async () => (await readFile(folder.file, 'utf8')).endsWith(`${n}\n`));
    }
    assert.equal(log.dropped, 0);
  }
  const line = (n: number): string => `line number ${n}\n`;
  assert.deepEqual(await contents(join(folder.path, 'logs')), {
    'parley.log': line(8) + line(9),
    'parley.log.1': line(6) + line(7),
    'parley.log.2': line(4) + line(5),
  });
  assert.equal((await stat(folder.file)).mode & 0o777, 0o600);
});

test('lines written faster than the disk takes them all arrive, in order', async () => {
  await using folder = await temp();
  {
    using log = new RotatingFile({ file: folder.file, maxBytes: 10, count: 5, onProblem: never });
    for (let n = 0; n < 300; n += 1) log.write(`${String(n).padStart(4, '0')}\n`);
    await until(async () => Object.values(await contents(join(folder.path, 'logs'))).join('').length === 1500);
  }
  const files = await contents(join(folder.path, 'logs'));
  const oldestFirst = Object.keys(files).sort((a, b) => Number(b.split('.')[2] ?? 0) - Number(a.split('.')[2] ?? 0));
  const numbers = oldestFirst.flatMap((name) => files[name]?.match(/\d+/g) ?? []).map(Number);
  assert.deepEqual(oldestFirst, ['parley.log.1', 'parley.log'], 'one rotation at a time');
  assert.deepEqual(numbers, [...Array(300).keys()]);
});

test('a log file of the last run is gone on with', async () => {
  await using folder = await temp();
  await mkdir(join(folder.path, 'logs'));
  await writeFile(folder.file, 'before\n');
  {
    using log = new RotatingFile({ file: folder.file, maxBytes: 10, count: 1, onProblem: never });
    log.write('after\n');
    await until(async () => (await readFile(folder.file, 'utf8')) === 'after\n');
  }
  assert.equal(await readFile(`${folder.file}.1`, 'utf8'), 'before\n');
});

test('a file that cannot be opened is named with what to do', async () => {
  await using folder = await temp();
  await writeFile(join(folder.path, 'logs'), '');
  assert.throws(
    () => new RotatingFile({ file: folder.file, maxBytes: 10, count: 1, onProblem: never }),
    (error: unknown) => error instanceof LogFileError && /PARLEY_LOG_FILE/.test(error.message),
  );
});

test('a file that fails later is said once, and standard output has every line', async () => {
  await using folder = await temp();
  const settings = { logFile: folder.file, logFileMegabytes: 1, logFileCount: 1 };
  const lines: string[] = [];
  const said: string[] = [];
  using log = openLogDestination(settings, { write: (line) => void lines.push(line) }, (text) => said.push(text));
  log.write('first\n');
  await until(async () => (await readFile(folder.file, 'utf8')) === 'first\n');
  await rm(join(folder.path, 'logs'), { recursive: true });
  await writeFile(join(folder.path, 'logs'), '');
  for (let n = 0; n < 3; n += 1) {
    log.write(`${'x'.repeat(999_999)}\n`);
    await until(async () => said.length > 0 || n === 0);
  }
  assert.equal(lines.length, 4);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /ENOTDIR/);
});

test('without a log file there is standard output alone', () => {
  const lines: string[] = [];
  using log = openLogDestination(
    { logFile: undefined, logFileMegabytes: 1, logFileCount: 1 },
    { write: (line) => void lines.push(line) },
  );
  log.write('one\n');
  log.flushSync();
  assert.deepEqual(lines, ['one\n']);
});
