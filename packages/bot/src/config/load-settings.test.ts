import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { settingsFields } from './fields.ts';
import { guildDefaultsOf } from './guild-settings.ts';
import { loadSettings } from './load-settings.ts';
import { isLoopbackHost } from './loopback.ts';
import { maskedSettings } from './masked-settings.ts';
import { nearest } from './nearest.ts';
import { generateSettingsDoc } from './settings-doc.ts';
import { SettingsError, type SettingsProblem } from './settings-error.ts';
import { parseSettings } from './settings-schema.ts';

const temp = async (files: Record<string, string> = {}) => {
  const cwd = await mkdtemp(join(tmpdir(), 'parley-config-'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
  return { cwd, [Symbol.asyncDispose]: () => rm(cwd, { recursive: true }) };
};

/** The problems of these settings; fails when there are none. */
const problems = (env: Record<string, string>, cwd = '/nonexistent'): readonly SettingsProblem[] => {
  try {
    loadSettings({ env, cwd });
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return assert.fail('these settings were accepted');
};

test('defaults serve without any source, folders seen from the working directory', () => {
  const { settings, sources } = loadSettings({ env: { PATH: '/bin', HOME: '/root' }, cwd: '/srv/parley' });
  assert.deepEqual(settings, {
    ...parseSettings(),
    recordingsDir: '/srv/parley/recordings',
    dataDir: '/srv/parley/data',
  });
  assert.deepEqual(
    [settings.prefix, settings.http, settings.maxSessionsPerDay, settings.maxConcurrentSessions, settings.runtimeMode],
    ['!', { host: '127.0.0.1', port: 8787, trustProxy: [], pages: true }, 120, 3, 'record_only'],
  );
  assert.deepEqual(new Set(Object.values(sources)), new Set(['default']));
});

test('the environment stands over .env, .env over the file, the file over the defaults', async () => {
  await using folder = await temp({
    'parley.config.json': JSON.stringify({
      prefix: 'a',
      http: { host: '::1', port: 1 },
      verbosity: 'all',
      allowedChannelIds: ['300000000000000001'],
    }),
    '.env': 'PARLEY_PREFIX=b\nPARLEY_HTTP_PORT=2\nDISCORD_TOKEN="from file"\n',
  });
  const { settings, sources } = loadSettings({ env: { PARLEY_PREFIX: 'c' }, cwd: folder.cwd });
  assert.deepEqual(
    [settings.prefix, settings.http, settings.verbosity, settings.discord.token, settings.allowedChannelIds],
    ['c', { host: '::1', port: 2, trustProxy: [], pages: true }, 'all', 'from file', ['300000000000000001']],
  );
  assert.deepEqual(
    [sources.prefix, sources['http.port'], sources['http.host'], sources.retentionDays, sources['discord.token']],
    ['environment', '.env', 'parley.config.json', 'default', '.env'],
  );
});

test('an explicit 0 is 0, and an empty value is no value', () => {
  const env = {
    PARLEY_HTTP_PORT: '0',
    PARLEY_MAX_SESSIONS_PER_DAY: '0',
    PARLEY_RETENTION_DAYS: '0',
    PARLEY_MAX_RECORDING_HOURS: '0',
    PARLEY_MIN_FREE_MEGABYTES: '0',
    PARLEY_ALONE_LEAVE_SECONDS: '0',
    PARLEY_PREFIX: '',
    DISCORD_TOKEN: ' ',
  };
  const { settings } = loadSettings({ env, cwd: '/srv' });
  assert.deepEqual(
    [
      settings.http.port,
      settings.maxSessionsPerDay,
      settings.retentionDays,
      settings.maxRecordingHours,
      settings.minFreeMegabytes,
      settings.aloneLeaveSeconds,
      settings.prefix,
      settings.discord.token,
    ],
    [0, 0, 0, 0, 0, 0, '!', undefined],
  );
});

const booleans: readonly (readonly [string, boolean])[] = [
  ['true', true],
  ['1', true],
  ['YES', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['No', false],
  ['off', false],
];
for (const [text, expected] of booleans)
  test(`${text} in the environment means ${expected}`, () => {
    assert.equal(loadSettings({ env: { PARLEY_DURABLE: text }, cwd: '/srv' }).settings.durable, expected);
  });

/** name, lowest, highest, and what lies just outside */
const ranges: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['PARLEY_MAX_SESSIONS_PER_DAY', ['0', '240'], ['-1', '241', '1.5', 'ten', 'NaN', 'Infinity', '1e2']],
  ['PARLEY_MAX_CONCURRENT_SESSIONS', ['1', '64'], ['0', '65', '-3']],
  ['PARLEY_SEGMENT_SILENCE_MS', ['200', '10000'], ['199', '10001']],
  ['PARLEY_HTTP_PORT', ['0', '65535'], ['-1', '65536']],
  ['PARLEY_RETENTION_DAYS', ['0', '3650'], ['-1', '3651']],
  ['PARLEY_DURABLE', ['true'], ['maybe', '2']],
  ['PARLEY_VERBOSITY', ['none'], ['None', 'loud']],
  ['PARLEY_RUNTIME_MODE', ['record_only', 'voice_agent', 'openai_realtime'], ['agent', 'none']],
  ['PARLEY_CAPTURE_SILENCE_MS', ['100', '5000'], ['99', '5001']],
  ['PARLEY_AGENT_REST_AFTER_MINUTES', ['1', '120'], ['0', '121']],
  ['PARLEY_AGENT_REST_AFTER_IDLE_SECONDS', ['20', '3600'], ['19', '3601']],
  ['PARLEY_AGENT_USD_PER_SESSION', ['0', '2.5'], ['-1', 'much']],
  ['PARLEY_WAKE_NAMES', ['Parley', 'Jarvis, my friend'], ['x', 'a/b']],
  ['PARLEY_OPENAI_BASE_URL', ['ws://127.0.0.1:9/v1', 'https://api.example/v1'], ['ftp://example.org', 'openai']],
  ['PARLEY_BLOCKED_USER_IDS', ['200000000000000001, 200000000000000002'], ['bob', '1,2', '2000000000000000011111']],
  ['PARLEY_PUBLIC_URL', ['https://parley.example/x'], ['parley.example', 'file:///etc/passwd', 'javascript:alert(1)']],
  ['PARLEY_PREFIX', ['?', 'hey'], ['@', 'a b', 'toolong', '/']],
];
for (const [name, good, bad] of ranges)
  test(`${name}: the boundaries pass and what lies outside is named with what is allowed`, () => {
    for (const value of good) loadSettings({ env: { [name]: value }, cwd: '/srv' });
    for (const value of bad) {
      const [problem, ...more] = problems({ [name]: value });
      assert.deepEqual([problem?.code, problem?.source, more.length], ['invalid_value', 'environment', 0], value);
      assert.ok(problem?.allowed !== null && problem?.value !== null, value);
    }
  });

test('every problem is listed at once, with path, value and range', () => {
  assert.throws(
    () => loadSettings({ env: { PARLEY_HTTP_PORT: '99999', PARLEY_DELIVER: 'mail', PARLEY_PREFX: '!' }, cwd: '/srv' }),
    (error: SettingsError) => {
      assert.equal(error.code, 'settings_invalid');
      assert.match(error.message, /3 settings are wrong/);
      assert.match(error.message, /http\.port = 99999 \(environment\): allowed is a whole number from 0 to 65535/);
      assert.match(error.message, /deliver = mail .*channel \| requester_dm \| none/);
      assert.match(error.message, /PARLEY_PREFX .*did you mean PARLEY_PREFIX\?/);
      return true;
    },
  );
});

test('a vendor’s key in the environment serves whatever uses that vendor', () => {
  const { settings } = loadSettings({ env: { OPENAI_API_KEY: 'sk-1' }, cwd: '/srv' });
  assert.deepEqual([settings.openai.apiKey, settings.transcription.apiKey], ['sk-1', 'sk-1']);
});

test('an unknown name stops the start; names of tests and tools do not', () => {
  assert.deepEqual(
    problems({ PARLEY_SOMETHING_ELSE_ENTIRELY: '1' }).map(({ code, nearest: near }) => [code, near]),
    [['unknown_key', null]],
  );
  loadSettings({ env: { PARLEY_REQUIRE_JUDGES: '1', PARLEY_TEST_LONG: '1', OTHER: 'x' }, cwd: '/srv' });
});

test('a wrong file is named: its syntax, its keys, its kinds', async () => {
  await using broken = await temp({ 'parley.config.json': '{' });
  assert.equal(problems({}, broken.cwd)[0]?.code, 'unreadable_file');
  await using list = await temp({ 'parley.config.json': '[]' });
  assert.equal(problems({}, list.cwd)[0]?.code, 'unreadable_file');
  await using keys = await temp({
    'parley.config.json':
      '{"$schema": "x", "htpp": {"port": 1}, "http": {"prt": 1}, "segment": 5, "maxSessionsPerDay": "12", "__proto__": {"a": 1}}',
  });
  assert.deepEqual(
    problems({}, keys.cwd).map(({ code, path, nearest: near }) => [code, path, near]),
    [
      ['unknown_key', 'htpp', null],
      ['unknown_key', 'http.prt', 'http.port'],
      ['invalid_value', 'segment', null],
      ['unknown_key', '__proto__', null],
      ['invalid_value', 'maxSessionsPerDay', null],
    ],
  );
  await using folder = await temp();
  await mkdir(join(folder.cwd, '.env'));
  assert.equal(problems({}, folder.cwd)[0]?.source, '.env');
});

const endpoints: readonly (readonly [string, boolean])[] = [
  ['http://127.0.0.1:4000/api', true],
  ['https://localhost:4000/api/', true],
  ['http://[::1]:4000/api', true],
  ['http://127.9.8.7/api', true],
  ['http://discord.example/api', false],
  ['http://localhost.example/api', false],
  ['http://127.0.0.1.example/api', false],
  ['http://127.0.0.1@discord.example/api', false],
  ['http://user:secret-pass@127.0.0.1/api', false],
  ['http://127.0.0.1/api?x=1', false],
  ['http://0.0.0.0/api', false],
  ['http://192.168.1.2/api', false],
  ['ftp://127.0.0.1/api', false],
  ['127.0.0.1:4000', false],
];
for (const [base, accepted] of endpoints)
  test(`${base} as Discord is ${accepted ? 'honoured' : 'refused'}`, () => {
    const env = { DISCORD_API_BASE: base, DISCORD_TOKEN: 'secret-token', DISCORD_EXTRA_CA_FILE: 'ca.pem' };
    if (accepted) {
      const { discord } = loadSettings({ env, cwd: '/srv' }).settings;
      assert.deepEqual([discord.apiBase, discord.extraCaFile], [base.replace(/\/$/, ''), '/srv/ca.pem']);
    } else {
      const found = problems(env);
      assert.deepEqual(
        found.map(({ code, path }) => [code, path]),
        [['refused', 'discord.apiBase']],
      );
      assert.doesNotMatch(JSON.stringify(found), /secret-pass|secret-token/);
    }
  });

test('an extra authority alone is refused: it could vouch for the real Discord', () => {
  assert.deepEqual(
    problems({ DISCORD_EXTRA_CA_FILE: '/ca.pem' }).map(({ code, path }) => [code, path]),
    [['refused', 'discord.extraCaFile']],
  );
  assert.deepEqual(['localhost', '127.0.0.1', '[::1]', '128.0.0.1', '::1.example'].map(isLoopbackHost), [
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('printing shows every value with its source and no secret', () => {
  const masked = maskedSettings(
    loadSettings({ env: { DISCORD_TOKEN: 'very-secret', FFMPEG_PATH: 'bin/ffmpeg' }, cwd: '/srv' }),
  );
  assert.equal(masked.length, settingsFields.length);
  assert.doesNotMatch(JSON.stringify(masked), /very-secret/);
  const of = (path: string) => masked.find((setting) => setting.path === path);
  assert.deepEqual([of('discord.token')?.value, of('discord.token')?.source], ['********', 'environment']);
  assert.deepEqual([of('http.port')?.value, of('http.port')?.source], ['8787', 'default']);
  assert.equal(of('ffmpegPath')?.value, '/srv/bin/ffmpeg');
  assert.equal(maskedSettings(loadSettings({ env: {}, cwd: '/srv' }))[0]?.value, '(not set)');
});

test('every setting has a description, and names in the environment are unique but for vendors’ own', () => {
  for (const field of settingsFields) assert.ok(field.description.length > 10, field.path);
  const own = settingsFields.filter(({ env }) => env.startsWith('PARLEY_'));
  assert.equal(new Set(own.map(({ env }) => env)).size, own.length);
  const vendors = settingsFields.filter(({ env }) => !env.startsWith('PARLEY_')).map(({ env }) => env);
  assert.deepEqual([...new Set(vendors.filter((env, at) => vendors.indexOf(env) !== at))], ['OPENAI_API_KEY']);
  assert.equal(settingsFields.find(({ path }) => path === 'segment.silenceMs')?.env, 'PARLEY_SEGMENT_SILENCE_MS');
});

test('docs/settings.md is what the schema says', async () => {
  const page = await readFile(new URL('../../../../docs/settings.md', import.meta.url), 'utf8');
  assert.equal(page, generateSettingsDoc(), 'run `pnpm generate`');
});

test('a guild that changed nothing has the installation’s values', () => {
  const settings = parseSettings({ retentionDays: 0, recordRoleIds: ['200000000000000001'], verbosity: 'all' });
  const guild = guildDefaultsOf(settings);
  assert.deepEqual(
    [guild.textChannelId, guild.retentionDays, guild.recordRoleIds, guild.verbosity, guild.consentMode],
    [null, 0, ['200000000000000001'], 'all', 'notice'],
  );
});

const names = ['join', 'leave', 'status', 'optout', 'optin', 'help'];
const typos: readonly (readonly [string, string | null])[] = [
  ['jion', 'join'],
  ['Join', 'join'],
  ['stauts', 'status'],
  ['opt-out', 'optout'],
  ['hlep', 'help'],
  ['xyzzy', null],
  ['', null],
  ['q'.repeat(10_000), null],
];
for (const [typed, expected] of typos)
  test(`nearest to "${typed.slice(0, 20)}" is ${expected}`, () => {
    assert.equal(nearest(typed, names), expected);
  });
