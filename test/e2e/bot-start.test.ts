import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { DiscordSim } from '@parley/sim';
import { execa } from 'execa';
import { temporaryFolder } from '../lib/temporary-folder.ts';

const main = resolve(import.meta.dirname, '..', '..', 'packages', 'bot', 'src', 'main.ts');

/** Runs the bot until it ends by itself. */
const startFails = async (env: Record<string, string>) =>
  await execa(process.execPath, [main], { env, all: true, reject: false, timeout: 60_000 });

test('a token Discord does not accept is said in plain words, with an exit code that is not zero', async () => {
  await using sim = await DiscordSim.start();
  await using folder = await temporaryFolder('bad-token');
  const { exitCode, all } = await startFails({
    ...sim.env(),
    DISCORD_TOKEN: 'a-token-nobody-may-see',
    PARLEY_LOG_LEVEL: 'trace',
    PARLEY_LOG_FILE: join(folder.path, 'parley.log'),
    PARLEY_DATA_DIR: folder.path,
    PARLEY_RECORDINGS_DIR: folder.path,
    PARLEY_HTTP_PORT: '0',
  });
  assert.notEqual(exitCode, 0);
  assert.match(all ?? '', /does not accept the token/);
  const logged = await readFile(join(folder.path, 'parley.log'), 'utf8');
  assert.match(logged, /database/);
  assert.doesNotMatch(`${all}${logged}`, /a-token-nobody-may-see/);
});

test('without a token it says where to get one', async () => {
  await using folder = await temporaryFolder('no-token');
  const { exitCode, all } = await startFails({
    DISCORD_TOKEN: '',
    PARLEY_DATA_DIR: folder.path,
    PARLEY_RECORDINGS_DIR: folder.path,
  });
  assert.notEqual(exitCode, 0);
  assert.match(all ?? '', /DISCORD_TOKEN/);
});

test('malformed settings stop the start, each with its path, its value, what is allowed, and the nearest name', async () => {
  await using folder = await temporaryFolder('malformed');
  await writeFile(join(folder.path, 'parley.config.json'), '{"http": {"prt": 1}, "retentionDays": "thirty"}');
  const { exitCode, all } = await execa(process.execPath, [main], {
    cwd: folder.path,
    env: { DISCORD_TOKEN: 'a-token-nobody-may-see', PARLEY_HTTP_PORT: '99999', PARLEY_PREFX: '?' },
    all: true,
    reject: false,
    timeout: 60_000,
  });
  assert.equal(exitCode, 78);
  for (const words of [
    'http.prt (parley.config.json) is no setting; did you mean http.port?',
    'retentionDays = thirty (parley.config.json): allowed is a whole number from 0 to 3650',
    'http.port = 99999 (environment): allowed is a whole number from 0 to 65535',
    'PARLEY_PREFX (environment) is no setting; did you mean PARLEY_PREFIX?',
  ])
    assert.ok(all?.includes(words), `${words}\n${all}`);
  assert.doesNotMatch(all ?? '', /a-token-nobody-may-see/);
});
