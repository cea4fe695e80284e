import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readArguments } from './arguments.ts';

const run = {
  kind: 'run',
  folder: 'f',
  mode: 'mux',
  json: false,
  fetchFfmpeg: false,
  dataDir: undefined,
  force: false,
  maxBytes: 0,
  userId: '',
};

const good: [string[], object][] = [
  [['f'], run],
  [['f', '--verify'], { ...run, mode: 'verify' }],
  [['--tracks', 'f', '--json'], { ...run, mode: 'tracks', json: true }],
  [['--recover', 'f', '--force'], { ...run, mode: 'recover', force: true }],
  [['f', '--fetch-ffmpeg', '--data-dir', 'd'], { ...run, fetchFfmpeg: true, dataDir: 'd' }],
  [['f', '--small', '8000000'], { ...run, mode: 'small', maxBytes: 8_000_000 }],
  [['f', '--erase', '100000000000000001'], { ...run, mode: 'erase', userId: '100000000000000001' }],
  [['--help'], { kind: 'help' }],
  [['-h', 'f'], { kind: 'help' }],
];
for (const [args, expected] of good) {
  test(`parley-mux ${args.join(' ')} is understood`, () => {
    assert.deepEqual(readArguments(args, {}), expected);
  });
}

const bad: [string[], RegExp][] = [
  [[], /Which recording/],
  [['a', 'b'], /one folder/],
  [['a', '--verify', '--tracks'], /do not go together/],
  [['a', '--export'], /--export/],
  [['a', '--small', 'much'], /number of bytes, not "much"/],
  [['a', '--small', '0'], /number of bytes/],
  [['a', '--erase', '../b'], /id of a person/],
  [['a', '--erase', '1', '--verify'], /do not go together/],
];
for (const [args, words] of bad) {
  test(`parley-mux ${args.join(' ')} is refused in words`, () => {
    const parsed = readArguments(args, {});
    assert.ok(parsed.kind === 'wrong');
    assert.match(parsed.problem, words);
  });
}

test('the data folder comes from the environment unless it is given', () => {
  const env = { PARLEY_DATA_DIR: 'from-env' };
  assert.equal((readArguments(['f'], env) as { dataDir: string }).dataDir, 'from-env');
  assert.equal((readArguments(['f', '--data-dir', 'given'], env) as { dataDir: string }).dataDir, 'given');
});
