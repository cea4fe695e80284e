import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { RecordingRun } from '../recordings/recording-run.ts';
import { readSessionFile, writeSessionFile } from '../recordings/session-files.ts';
import { openDriver } from '../store/drivers/open-driver.ts';
import { lockDataFolder, openStore } from '../store/index.ts';
import { exitCodes } from './command.ts';
import { commands } from './commands/all.ts';
import { CliRig } from './testing/cli-rig.ts';

const guildId = '100000000000000001';
const channelId = '300000000000000001';
const userId = '200000000000000001';
const sessionId = '00000000-0000-4000-8000-00000000aaaa';
const logger = pino({ level: 'silent' });

/** A recording as a killed supervisor leaves it, ten seconds long, with somebody in it. */
const leftRunning = async (rig: CliRig, startTime = 1_800_000_000_000): Promise<RecordingRun> => {
  const clock = new FakeClock({ now: startTime });
  const run = await RecordingRun.start(
    {
      recordingsDir: join(rig.cwd, 'recordings'),
      bootId: 'another boot',
      silenceMs: 1000,
      durable: false,
      minFreeBytes: 0,
      clock,
      logger,
    },
    { sessionId, guildId, channelId, channelName: 'Table', requestedByUserId: userId },
  );
  clock.advance(10_000);
  run.note({ type: 'participant', event: 'present', userId, username: 'ada', displayName: 'Ada', bot: false });
  await run.flush();
  await run[Symbol.asyncDispose]();
  return run;
};

const openData = (rig: CliRig) =>
  openStore({ file: join(rig.cwd, 'data', 'parley.db'), clock: new FakeClock(), logger, driver: 'node' });

test('every command has a summary, and its help names its own options', async () => {
  await using rig = await CliRig.start();
  const { out, code } = await rig.run([]);
  assert.equal(code, exitCodes.done);
  for (const { name, summary, usage, options } of commands) {
    assert.ok(out.includes(`${name} `) && out.includes(summary), name);
    assert.equal((await rig.run([name, '--help'])).out.includes(usage), true);
    for (const option of Object.keys(options)) assert.ok(usage.includes(`--${option}`), `${name} --${option}`);
  }
});

const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
  [['docter'], /no command docter; did you mean doctor\?/],
  [['xyzzy'], /no command xyzzy \(parley help\)/],
  [['config', '--jsn'], /Unknown option '--jsn'/],
  [['config', 'http.port'], /http\.port is too much/],
  [['import'], /something is missing/],
];
for (const [args, words] of mistakes)
  test(`"parley ${args.join(' ')}" says what is meant`, async () => {
    await using rig = await CliRig.start();
    const { code, err, out } = await rig.run(args);
    assert.deepEqual([code, out], [exitCodes.usage, '']);
    assert.match(err, words);
  });

test('parley config prints values and where they come from, and no secret', async () => {
  await using rig = await CliRig.start({
    'parley.config.json': '{"http": {"port": 1234}}',
    '.env': 'DISCORD_TOKEN=very-secret-token\n',
  });
  rig.env = { PARLEY_VERBOSITY: 'all' };
  const text = await rig.run(['config']);
  assert.match(text.out, /^http\.port +1234 +parley\.config\.json +PARLEY_HTTP_PORT$/m);
  assert.match(text.out, /^discord\.token +\*{8} +\.env +DISCORD_TOKEN$/m);
  assert.match(text.out, /^verbosity +all +environment /m);
  assert.match(text.out, /^prefix +! +default /m);
  const changed = await rig.run(['config', '--changed', '--json']);
  assert.deepEqual(Object.keys(JSON.parse(changed.out)).sort(), ['discord.token', 'http.port', 'verbosity']);
  assert.doesNotMatch(text.out + changed.out, /very-secret-token/);
});

test('parley config --guild shows a server’s own values over those of the installation, also beside a running Parley', async () => {
  await using rig = await CliRig.start();
  rig.env = { PARLEY_VERBOSITY: 'all' };
  {
    await using store = await openData(rig);
    await store.guildSettings.set(guildId, { retentionDays: 7, blockedChannelIds: [channelId] });
  }
  await using _running = await lockDataFolder(join(rig.cwd, 'data'));
  const { out, code } = await rig.run(['config', '--guild', guildId]);
  assert.equal(code, exitCodes.done);
  assert.match(out, /^retentionDays +7 +guild +PARLEY_RETENTION_DAYS$/m);
  assert.match(out, new RegExp(`^blockedChannelIds +\\["${channelId}"\\] +guild `, 'm'));
  assert.match(out, /^verbosity +all +environment /m);
  assert.match(out, /^textChannelId +null +default$/m);
  assert.doesNotMatch(out, /token/);
  assert.match((await rig.run(['config', '--guild', 'home'])).err, /17 to 20 digits, not home/);
});

test('a dry run beside a running Parley of older tables changes nothing and says who runs', async () => {
  await using rig = await CliRig.start();
  await (await openData(rig))[Symbol.asyncDispose]();
  await using _running = await lockDataFolder(join(rig.cwd, 'data'));
  assert.equal((await rig.run(['retention', '--dry-run'])).code, exitCodes.done);
  const older = await openDriver('node', join(rig.cwd, 'data', 'parley.db'));
  await older.exec('DELETE FROM migrations WHERE version > 1');
  await older.close();
  const { code, err } = await rig.run(['retention', '--dry-run']);
  assert.equal(code, exitCodes.config);
  assert.match(err, /another Parley/);
});

test('wrong settings are said as the start says them', async () => {
  await using rig = await CliRig.start();
  rig.env = { PARLEY_HTTP_PORT: '99999' };
  for (const command of ['config', 'doctor', 'recover', 'retention']) {
    const { code, err } = await rig.run([command]);
    assert.equal(code, exitCodes.config);
    assert.match(err, /http\.port = 99999 \(environment\): allowed is a whole number from 0 to 65535/);
  }
});

test('parley doctor beside a running Parley finds it, and does not take its port for a stranger’s', async () => {
  await using rig = await CliRig.start();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  rig.env = {
    DISCORD_TOKEN: 'MTAwMDAwMDAwMDAwMDAwMDAx.GabcDE.abcdefghijklmnopqrstuvwxyz0',
    PARLEY_HTTP_PORT: String(port),
  };
  const examine = async () => {
    const { out, code } = await rig.run(['doctor', '--offline', '--json']);
    const { findings, notes } = JSON.parse(out) as { findings: { code: string; level: string }[]; notes: string[] };
    return {
      code,
      errors: findings.filter(({ level }) => level === 'error').map((one) => one.code),
      notes: notes.join(),
    };
  };
  assert.deepEqual((await examine()).errors, ['port_in_use']);
  {
    await using _running = await lockDataFolder(join(rig.cwd, 'data'));
    const { code, errors, notes } = await examine();
    assert.deepEqual([code, errors], [exitCodes.done, []]);
    assert.match(notes, new RegExp(`Parley is running here \\(process ${process.pid}\\)`));
  }
  taken.close();
  await once(taken, 'close');
  assert.match(
    (await rig.run(['doctor', '--offline'])).out,
    /^ok +Node v\d+[\s\S]*(?:Parley can work|as it should be)\.\n$/,
  );
});

test('nothing that writes the data runs beside a running Parley', async () => {
  await using rig = await CliRig.start({ 'export.jsonl': '' });
  await using _running = await lockDataFolder(join(rig.cwd, 'data'));
  for (const args of [['recover'], ['retention'], ['import', 'export.jsonl']]) {
    const { code, err } = await rig.run(args);
    assert.equal(code, exitCodes.config);
    assert.match(err, /another Parley \(process \d+\) is using the data folder/);
  }
});

test('parley export and import carry a database over; a file that exists is not written over', async () => {
  await using from = await CliRig.start();
  await using to = await CliRig.start();
  {
    await using store = await openData(from);
    await store.guildSettings.set(guildId, { retentionDays: 7 });
  }
  const file = join(to.cwd, 'moved.jsonl');
  assert.equal((await from.run(['export', file])).code, exitCodes.done);
  const again = await from.run(['export', file]);
  assert.equal(again.code, exitCodes.failed);
  assert.match(again.err, /exists already \(--force replaces it\)/);
  assert.equal((await from.run(['export', file, '--force'])).code, exitCodes.done);
  assert.equal((await from.run(['export', '-'])).out.split('\n').length, 4);
  assert.match((await from.run(['export', join(to.cwd, 'nowhere', 'x')])).err, /cannot be read or written/);

  const done = await to.run(['import', 'moved.jsonl']);
  assert.match(done.err, /1 rows of version \d+ imported/);
  {
    await using store = await openData(to);
    assert.equal((await store.guildSettings.get(guildId)).retentionDays, 7);
  }
  assert.match((await to.run(['import', 'moved.jsonl'])).err, /never mixes two/);
  assert.deepEqual((await readdir(to.cwd)).sort(), ['data', 'moved.jsonl']);
});

test('parley recover ends and mixes what was cut off, and makes the rows again without the database', async () => {
  await using rig = await CliRig.start();
  const run = await leftRunning(rig);
  const { code, out, err } = await rig.run(['recover']);
  assert.equal(out, '1 recordings in the database, 1 ended, 1 mixed, 0 failed\n', err);
  assert.equal(code, exitCodes.done);
  assert.equal((await readSessionFile(run.folder))?.status, 'empty');
  const last = (await readFile(recordingLayout(run.folder).supervisorJournal, 'utf8')).trim().split('\n').at(-1);
  assert.match(last ?? '', /recording_ended.*supervisor_down/);
  const rows = async () => {
    await using store = await openData(rig);
    return {
      recording: await store.recordings.get(run.recordingSessionId),
      session: await store.sessions.get(sessionId),
      people: await store.participants.of(run.recordingSessionId),
    };
  };
  const first = await rows();
  assert.deepEqual(
    [first.recording?.status, first.recording?.requestedByUserId, first.recording?.durationMs, first.recording?.folder],
    ['empty', userId, 10_000, run.folder],
  );
  assert.deepEqual([first.session?.endReason, first.session?.endedAt], ['recovered', 1_800_000_010_000]);
  assert.deepEqual(
    first.people.map(({ displayName }) => displayName),
    ['Ada'],
  );
  await rm(join(rig.cwd, 'data'), { recursive: true });
  assert.equal((await rig.run(['recover'])).out, '1 recordings in the database, 0 ended, 0 mixed, 0 failed\n');
  assert.deepEqual(await rows(), first);
  assert.equal((await rig.run(['recover'])).code, exitCodes.done);
  assert.deepEqual(await rows(), first);
});

test('a recording that cannot be recovered is named and does not keep the others', async () => {
  await using rig = await CliRig.start();
  const good = await leftRunning(rig);
  const bad = await leftRunning(rig, 1_800_000_100_000);
  const lost = await leftRunning(rig, 1_800_000_200_000);
  await rm(recordingLayout(bad.folder).sessionFile);
  await rm(recordingLayout(bad.folder).journal, { recursive: true });
  await writeFile(recordingLayout(lost.folder).sessionFile, '{');
  const { code, out, err } = await rig.run(['recover', '--no-mux']);
  assert.equal(code, exitCodes.failed);
  assert.equal(out, '1 recordings in the database, 1 ended, 0 mixed, 2 failed\n');
  assert.match(err, new RegExp(`${good.recordingSessionId}: finished`));
  assert.match(err, new RegExp(`${bad.recordingSessionId}: failed \\(session\\.json is missing`));
  assert.match(err, new RegExp(`${lost.recordingSessionId}: failed`));
  assert.equal((await readSessionFile(good.folder))?.status, 'muxing');
});

test('parley retention lists what would go, and deletes only when it is told to', async () => {
  await using rig = await CliRig.start();
  const run = await leftRunning(rig);
  const file = (await readSessionFile(run.folder)) ?? assert.fail('no session.json');
  await writeSessionFile(run.folder, {
    ...file,
    status: 'empty',
    endTime: file.startTime + 10_000,
    durationMs: 10_000,
  });
  await mkdir(join(rig.cwd, 'recordings', 'sessions', 'somebody’s folder'));
  const day = 24 * 3_600_000;
  const young = { clock: new FakeClock({ now: 1_800_000_000_000 + 29 * day }) };
  const old = { clock: new FakeClock({ now: 1_800_000_000_000 + 31 * day }) };
  assert.match((await rig.run(['retention', '--dry-run'], young)).out, /^0 recordings would be deleted/);
  const dry = await rig.run(['retention', '--dry-run'], old);
  assert.match(dry.out, new RegExp(`^${run.recordingSessionId} .*kept long enough\n1 recordings would be deleted`));
  assert.ok((await readSessionFile(run.folder)) !== null);
  assert.match((await rig.run(['retention'], old)).out, /1 recordings deleted/);
  assert.deepEqual(await readdir(join(rig.cwd, 'recordings', 'sessions')), ['somebody’s folder']);
});
