import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSettings } from '../config/settings-schema.ts';
import { freeBytes } from './disk.ts';
import { type DoctorFacts, diagnose } from './doctor.ts';
import type { DoctorCode } from './finding.ts';
import { gatherDoctorFacts } from './gather-facts.ts';

const well: DoctorFacts = {
  nodeVersion: 'v24.21.0',
  token: 'MTAwMDAwMDAwMDAwMDAwMDAx.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB',
  ffmpeg: '/usr/bin/ffmpeg',
  codecProblem: null,
  freeBytes: 100e9,
  minFreeMegabytes: 500,
  recordingsDir: '/r',
  recordingsDirProblem: null,
  dataDir: '/d',
  dataDirProblem: null,
  sqlite3Loads: true,
  nodeSqliteLoads: true,
  sqliteDriver: 'auto',
};

const cases: readonly (readonly [string, Partial<DoctorFacts>, readonly DoctorCode[]])[] = [
  ['nothing is wrong', {}, []],
  ['an old Node', { nodeVersion: 'v22.1.0' }, ['node_too_old']],
  ['no token', { token: undefined }, ['token_missing']],
  ['a token with its scheme', { token: `Bot ${well.token}` }, ['token_malformed']],
  ['a client secret instead of a token', { token: 'abcdefghijklmnopqrstuvwxyz012345' }, ['token_malformed']],
  ['no ffmpeg', { ffmpeg: null }, ['ffmpeg_missing']],
  ['no libopus', { codecProblem: 'no binary' }, ['codec_missing']],
  ['neither of them', { ffmpeg: null, codecProblem: 'no binary' }, ['mixer_missing']],
  ['exactly the last space', { freeBytes: 500e6 }, ['disk_full']],
  ['little space', { freeBytes: 2000e6 }, ['disk_low']],
  ['just enough space', { freeBytes: 2001e6 }, []],
  ['no limit of space', { freeBytes: 1, minFreeMegabytes: 0 }, []],
  ['unknown space', { freeBytes: null }, ['disk_unknown']],
  [
    'folders of somebody else',
    { recordingsDirProblem: 'EACCES', dataDirProblem: 'EACCES' },
    ['recordings_unwritable', 'data_unwritable'],
  ],
  ['no sqlite3 package', { sqlite3Loads: false }, ['sqlite3_missing']],
  ['no sqlite3 package where it is demanded', { sqlite3Loads: false, sqliteDriver: 'sqlite3' }, ['sqlite_missing']],
  ['no built-in SQLite where it is demanded', { nodeSqliteLoads: false, sqliteDriver: 'node' }, ['sqlite_missing']],
  ['no built-in SQLite, which is not needed', { nodeSqliteLoads: false }, []],
  ['no SQLite at all', { nodeSqliteLoads: false, sqlite3Loads: false }, ['sqlite_missing']],
  ['errors before warnings', { ffmpeg: null, token: undefined }, ['token_missing', 'ffmpeg_missing']],
];

for (const [what, change, expected] of cases)
  test(`doctor: ${what}`, () => {
    const findings = diagnose({ ...well, ...change });
    assert.deepEqual(
      findings.map(({ code }) => code),
      expected,
    );
    for (const { sentence } of findings) assert.ok(!sentence.includes('abcdefghijklmnop'), 'no secret is said');
  });

test('free space is read for a folder that does not exist yet', async () => {
  const free = await freeBytes(join(tmpdir(), 'parley-not-there', 'yet'));
  assert.ok(free !== null && free > 0);
});

test('the facts of a machine are gathered, folders made and unusable ones named', async () => {
  const root = await mkdtemp(join(tmpdir(), 'parley-ops-'));
  await writeFile(join(root, 'file'), '');
  const settings = parseSettings({ recordingsDir: join(root, 'recordings'), dataDir: join(root, 'file', 'below') });
  const facts = await gatherDoctorFacts(settings, async () => null);
  assert.equal(facts.recordingsDirProblem, null);
  assert.match(facts.dataDirProblem ?? '', /ENOTDIR/);
  assert.equal(facts.nodeSqliteLoads, true);
  await rm(root, { recursive: true });
});
