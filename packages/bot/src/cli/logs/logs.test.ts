import assert from 'node:assert/strict';
import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { exitCodes } from '../command.ts';
import { CliRig } from '../testing/cli-rig.ts';
import { followEveryMs, followFile } from './follow-file.ts';
import { isWanted, type LogFilter } from './log-filter.ts';

const all: LogFilter = { session: undefined, guild: undefined, level: undefined };
const line = (entry: object): string => JSON.stringify({ level: 30, msg: 'm', ...entry });

const cases: readonly (readonly [string, string, Partial<LogFilter>, boolean])[] = [
  ['anything', line({}), {}, true],
  ['a crash of Node', 'Error: boom', {}, true],
  ['an empty line', ' ', {}, false],
  ['a crash of Node, filtered', 'Error: boom', { level: 10 }, false],
  ['a list, filtered', '[]', { level: 10 }, false],
  ['info for warn', line({}), { level: 40 }, false],
  ['warn for warn', line({ level: 40 }), { level: 40 }, true],
  ['a line without a level', line({ level: 'x' }), { level: 10 }, false],
  ['the guild', line({ guildId: '1' }), { guild: '1' }, true],
  ['another guild', line({ guildId: '11' }), { guild: '1' }, false],
  ['the session', line({ sessionId: 'abc-def' }), { session: 'abc-def' }, true],
  ['the beginning of the session', line({ sessionId: 'abc-def' }), { session: 'abc' }, true],
  ['a recording', line({ recordingSessionId: 'abc-def' }), { session: 'abc' }, true],
  ['another session', line({ sessionId: 'xabc' }), { session: 'abc' }, false],
  ['session and level', line({ sessionId: 'abc', level: 50 }), { session: 'abc', level: 60 }, false],
];
for (const [what, text, filter, expected] of cases)
  test(`of the log ${what} is ${expected ? 'shown' : 'left out'} with ${JSON.stringify(filter)}`, () => {
    assert.equal(isWanted(text, { ...all, ...filter }), expected);
  });

test('a followed file goes on under the name it was put aside from, no line twice, none torn', async () => {
  await using rig = await CliRig.start({ 'a.log': 'old\nlast' });
  const path = join(rig.cwd, 'a.log');
  const clock = new FakeClock();
  const stop = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const text of followFile(path, { from: 4, clock, signal: stop.signal })) seen.push(text);
  })();
  const until = async (count: number): Promise<void> => {
    const end = performance.now() + 20_000;
    while (seen.length < count) {
      assert.ok(performance.now() < end, `${count} lines never came: ${seen.join(' | ')}`);
      clock.advance(followEveryMs);
      await settle();
    }
  };
  await appendFile(path, ' line\nnext\n');
  await until(2);
  await appendFile(path, 'into the old one\n');
  await rename(path, `${path}.1`);
  await appendFile(`${path}.1`, 'still into the old one\n');
  await until(4);
  await writeFile(path, 'new\nünïcode ✓\n');
  await until(6);
  stop.abort();
  await following;
  assert.deepEqual(seen, ['last line', 'next', 'into the old one', 'still into the old one', 'new', 'ünïcode ✓']);
  assert.equal(clock.timers, 0);
});

test('the last lines that fit are shown, from the file of the settings', async () => {
  const lines = Array.from({ length: 300 }, (_, n) => line({ msg: `message ${n}`, sessionId: n % 2 ? 'odd' : 'even' }));
  await using rig = await CliRig.start({ 'logs/parley.log': `${lines.join('\n')}\n` });
  rig.env = { PARLEY_LOG_FILE: 'logs/parley.log' };
  const { code, out } = await rig.run(['logs', '--session', 'odd', '--lines', '2', '--no-follow', '--json']);
  assert.equal(code, exitCodes.done);
  assert.deepEqual(
    out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text).msg),
    ['message 297', 'message 299'],
  );
  const readable = await rig.run(['logs', '--lines', '1', '--no-follow']);
  assert.match(readable.out, /INFO: message 299/);
});

test('with --all the files put aside come first, the oldest before the others', async () => {
  await using rig = await CliRig.start({
    'p.log': `${line({ msg: '3' })}\n`,
    'p.log.1': `${line({ msg: '2' })}\n`,
    'p.log.2': `${line({ msg: '1' })}\n`,
  });
  rig.env = { PARLEY_LOG_FILE: 'p.log' };
  const { out } = await rig.run(['logs', '--all', '--no-follow', '--json']);
  assert.deepEqual(
    out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text).msg),
    ['1', '2', '3'],
  );
});

test('standard input is read with -, and without a log file it is said how', async () => {
  await using rig = await CliRig.start();
  const stdin = Readable.from([`${line({ level: 50, msg: 'bad' })}\n${line({ msg: 'fine' })}\n`]);
  const { out } = await rig.run(['logs', '-', '--level', 'error'], { stdin });
  assert.match(out, /ERROR: bad/);
  assert.doesNotMatch(out, /fine/);
  const { code, err } = await rig.run(['logs']);
  assert.equal(code, exitCodes.usage);
  assert.match(err, /PARLEY_LOG_FILE/);
  assert.match((await rig.run(['logs', '-', '--level', 'loud'])).err, /no level loud; there are trace/);
});
