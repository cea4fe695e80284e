import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { hashOf } from '../../http/auth/secret.ts';
import { lockDataFolder, openStore } from '../../store/index.ts';
import { exitCodes } from '../command.ts';
import { CliRig } from '../testing/cli-rig.ts';

const guildId = '100000000000000001';
const clock = new FakeClock({ now: Date.UTC(2027, 0, 15) });

const openData = (rig: CliRig) =>
  openStore({
    file: join(rig.cwd, 'data', 'parley.db'),
    clock: new FakeClock(),
    logger: pino({ level: 'silent' }),
    driver: 'node',
  });

test('parley token add prints a secret once and keeps its hash; list never shows it; remove ends it', async () => {
  await using rig = await CliRig.start();
  assert.equal((await rig.run(['token', 'list'])).out, 'no tokens\n');
  const { code, out } = await rig.run(['token', 'add', 'wiki', '--guild', guildId], { clock });
  assert.equal(code, exitCodes.done);
  const secret = out.trim();
  assert.match(secret, /^[\w-]{43}$/);
  {
    await using store = await openData(rig);
    const found = await store.apiTokens.get(hashOf(secret));
    assert.deepEqual([found?.name, found?.guildId], ['wiki', guildId]);
  }
  assert.equal((await readFile(join(rig.cwd, 'data', 'parley.db'), 'latin1')).includes(secret), false);
  const twice = await rig.run(['token', 'add', 'wiki', '--guild', guildId]);
  assert.deepEqual([twice.code, twice.out], [exitCodes.failed, '']);
  assert.match(twice.err, /a token wiki already/);
  const list = await rig.run(['token', 'list']);
  assert.equal(list.out, `wiki  ${guildId}  made 2027-01-15  never used\n`);
  assert.equal((await rig.run(['token', 'remove', 'wiki'])).code, exitCodes.done);
  assert.match((await rig.run(['token', 'remove', 'wiki'])).err, /there is no token wiki/);
  await using store = await openData(rig);
  assert.equal(await store.apiTokens.get(hashOf(secret)), null);
});

test('a token is made beside a running Parley, which knows it at once', async () => {
  await using rig = await CliRig.start();
  await using store = await openData(rig);
  await using _running = await lockDataFolder(join(rig.cwd, 'data'));
  const { out, code } = await rig.run(['token', 'add', 'wiki', '--guild', guildId]);
  assert.equal(code, exitCodes.done);
  assert.equal((await store.apiTokens.get(hashOf(out.trim())))?.name, 'wiki');
});

const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /something is missing/],
  [['make', 'wiki'], /add, list or remove, not make/],
  [['add'], /name of the token is missing/],
  [['add', 'wiki'], /--guild ID is missing/],
  [['add', 'wiki', '--guild', 'home'], /17 to 20 digits, not home/],
  [['add', 'a b', '--guild', guildId], /1 to 40 letters.*not a b/],
  [['add', 'wiki', 'more', '--guild', guildId], /more is too much/],
  [['remove', 'wiki', '--guild', guildId], /--guild belongs to add/],
  [['list', 'wiki'], /wiki is too much/],
];
for (const [args, words] of mistakes)
  test(`"parley token ${args.join(' ')}" says what is meant`, async () => {
    await using rig = await CliRig.start();
    const { code, err, out } = await rig.run(['token', ...args]);
    assert.deepEqual([code, out], [exitCodes.usage, '']);
    assert.match(err, words);
  });
