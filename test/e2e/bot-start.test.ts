import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { BotOnSim } from '../lib/bot-on-sim.ts';
import { temporaryFolder } from '../lib/temporary-folder.ts';

const main = resolve(import.meta.dirname, '..', '..', 'packages', 'bot', 'src', 'main.ts');

/** Runs the bot until it ends by itself. */
const startFails = async (env: Record<string, string>) =>
  await execa(process.execPath, [main], { env, all: true, reject: false, timeout: 60_000 });

test('without the Message Content intent slash commands and mentions work; the log says that, and which permissions lack where', async () => {
  await using call = await BotOnSim.start({ privilegedIntents: false }, ({ sim }) => {
    sim.addGuild({ name: 'Strict', botPermissions: ['ViewChannel', 'SendMessages', 'AttachFiles'] });
    return {};
  });
  const [check, ...others] = call.lines.filter(
    ({ msg, code }) => msg === 'start check' && code === 'permissions_missing',
  );
  assert.match(
    String(check?.sentence),
    /^In “Strict” the bot’s roles lack: Connect .*Change Nickname or Set Voice Channel Status/,
  );
  assert.equal(others.length, 0, 'where it has all it needs, nothing is said');
  const host = call.guild.addRole({ name: 'host', permissions: ['ManageGuild'] });
  const ada = call.guild.addPerson({ username: 'ada', displayName: 'Ada', roles: [host] });
  assert.ok(call.bot.tail.some((line) => line.includes('Message Content Intent') && line.includes('4014')));
  await ada.type(call.text, '!status');
  await ada.type(call.text, `<@${call.sim.botUserId}> status`);
  await call.text.waitFor(
    ({ author, content }) => author.id === call.sim.botUserId && content.includes('no voice channel'),
  );
  const reply = await ada.slash('join');
  assert.match(reply.content, /voice channel/i);
  const statuses = call.text.messages.filter(
    ({ author, content }) => author.id === call.sim.botUserId && content.includes('no voice channel'),
  );
  assert.equal(statuses.length, 1, 'the text command could not be read, the mention could');
});

test('a token Discord does not accept is said in plain words, with an exit code that is not zero', async () => {
  await using call = await BotOnSim.start();
  await using folder = await temporaryFolder('bad-token');
  const { exitCode, all } = await startFails({
    ...call.sim.env(),
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

test('a second supervisor on the same data folder refuses to start', async () => {
  await using call = await BotOnSim.start();
  const { exitCode, all } = await startFails({
    ...call.sim.env(),
    PARLEY_DATA_DIR: call.dataDir,
    PARLEY_RECORDINGS_DIR: call.recordingsDir,
    PARLEY_HTTP_PORT: '0',
  });
  assert.notEqual(exitCode, 0);
  assert.match(all ?? '', /another Parley/);
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
