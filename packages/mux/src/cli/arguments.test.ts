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
  mix: { engine: 'auto', jobs: undefined, targetLufs: null },
  userId: '',
  wish: null,
};

const wish = {
  formats: ['opus'],
  out: undefined,
  from: undefined,
  to: undefined,
  last: undefined,
  cutPauses: false,
  without: new Set(),
  consenting: false,
};
const exporting = { ...run, mode: 'export', wish };

const good: [string[], object][] = [
  [['f'], run],
  [['f', '--verify'], { ...run, mode: 'verify' }],
  [['--tracks', 'f', '--json'], { ...run, mode: 'tracks', json: true }],
  [['--recover', 'f', '--force'], { ...run, mode: 'recover', force: true }],
  [['f', '--fetch-ffmpeg', '--data-dir', 'd'], { ...run, fetchFfmpeg: true, dataDir: 'd' }],
  [['f', '--small', '8000000'], { ...run, mode: 'small', maxBytes: 8_000_000 }],
  [['f', '--erase', '100000000000000001'], { ...run, mode: 'erase', userId: '100000000000000001' }],
  [['f', '--export', 'opus'], exporting],
  [['f', '--export', 'Labels, flac'], { ...exporting, wish: { ...wish, formats: ['flac', 'labels'] } }],
  [['f', '--export', 'reaper'], { ...exporting, wish: { ...wish, formats: ['flac', 'reaper'] } }],
  [
    ['f', '--export', 'opus', '--from', '1:00', '--to', '0:01:30.5', '--cut-pauses', '--out', 'x.zip'],
    { ...exporting, wish: { ...wish, from: 60 * 48_000, to: 90.5 * 48_000, cutPauses: true, out: 'x.zip' } },
  ],
  [
    ['f', '--export', 'opus', '--last', '60', '--without', '12,34', '--consenting'],
    { ...exporting, wish: { ...wish, last: 60 * 48_000, without: new Set(['12', '34']), consenting: true } },
  ],
  [['f', '--engine', 'ffmpeg', '--jobs', '2'], { ...run, mix: { engine: 'ffmpeg', jobs: 2, targetLufs: null } }],
  [['f', '--loudness', '-16'], { ...run, mix: { engine: 'auto', jobs: undefined, targetLufs: -16 } }],
  [['--loudness=-14.5', 'f'], { ...run, mix: { engine: 'auto', jobs: undefined, targetLufs: -14.5 } }],
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
  [['a', '--engine', 'magic'], /--engine takes auto, sparse,.* not "magic"/],
  [['a', '--jobs', '-1'], /--jobs/],
  [['a', '--jobs', '65'], /--jobs takes a number from 0 to 64/],
  [['a', '--jobs', '1.5'], /--jobs takes a number/],
  [['a', '--loudness', 'loud'], /--loudness takes LUFS/],
  [['a', '--loudness', '-3'], /--loudness takes LUFS/],
  [['a', '--small', 'much'], /number of bytes, not "much"/],
  [['a', '--export', 'avi'], /"avi" is no format.*opus, flac, wav/],
  [['a', '--export', ' , '], /--export takes formats/],
  [['a', '--export', 'opus', '--from', 'soon'], /--from takes a time.*"soon"/],
  [['a', '--export', 'opus', '--from', '2:00', '--to', '1:00'], /--to has to come after --from/],
  [['a', '--export', 'opus', '--last', '0'], /--last takes a time/],
  [['a', '--export', 'opus', '--last', '60', '--to', '1:00'], /--last stands alone/],
  [['a', '--export', 'opus', '--without', '../x'], /--without takes ids.*"\.\.\/x"/],
  [['a', '--export', 'opus', '--verify'], /do not go together/],
  [['a', '--from', '10'], /--from belongs to --export/],
  [['a', '--verify', '--out', 'x'], /--out belongs to --export/],
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

test('the environment says how to mix unless a flag does', () => {
  const env = { PARLEY_MIX_ENGINE: 'ffmpeg', PARLEY_MIX_JOBS: '3', PARLEY_MIX_LOUDNESS: '-18' };
  const mixOf = (...args: string[]) => (readArguments(args, env) as { mix: object }).mix;
  assert.deepEqual(mixOf('f'), { engine: 'ffmpeg', jobs: 3, targetLufs: -18 });
  assert.deepEqual(mixOf('f', '--engine', 'auto'), { engine: 'auto', jobs: 3, targetLufs: -18 });
  assert.equal(readArguments(['f'], { PARLEY_MIX_JOBS: 'many' }).kind, 'wrong');
});
